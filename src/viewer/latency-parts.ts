/** Where the time from `addImage` to the screen went, ms. What is known of it adds up to the latency. */
export interface LatencyParts {
  /** On the server, from `addImage` until the engine took the image. Undefined when the server does not tell. */
  readonly queue: number | undefined
  /** On the server: to the encoder's pixel format and size. Undefined when the server does not tell. */
  readonly convert: number | undefined
  /** On the server: the encoder. Undefined when the server does not tell. */
  readonly encode: number | undefined
  /** On the server, from the encoder until the last packet left. Undefined when the server does not tell. */
  readonly pace: number | undefined
  /** From there to this browser; all before its arrival when the server does not tell its part. */
  readonly network: number
  /** In the browser's jitter buffer. */
  readonly jitterBuffer: number
  /** In the browser's decoder. */
  readonly decode: number
  /** From the decoder to the screen: the rest. */
  readonly present: number
}

/** What is measured here and there, ms. */
export interface MeasuredTimes {
  /** From `addImage` to the screen. */
  readonly latency: number | undefined
  /** From `addImage` until the last packet was here; undefined where the browser does not tell. */
  readonly arrival: number | undefined
  /** The server's word. */
  readonly timing: ServerTiming | undefined
  readonly roundTrip: number | undefined
  readonly jitterBuffer: number | undefined
  readonly decode: number | undefined
}

/** The message `timing`. */
export interface ServerTiming {
  readonly queue: number
  readonly convert: number
  readonly encode: number
  readonly pace: number
}

/**
 * Splits a latency. The parts are medians and means of different frames, so they may claim more than
 * there is: the moment of arrival is sure, and on either side of it the claims are cut in proportion.
 * What they leave over is the network before it, and the way to the screen after it.
 */
export function splitLatency(measured: MeasuredTimes): LatencyParts | undefined {
  const { latency, timing, arrival, roundTrip } = measured
  if (latency === undefined) return undefined
  const onServer = timing ? [timing.queue, timing.convert, timing.encode, timing.pace] : []
  const estimated = sum(onServer) + (roundTrip ?? 0) / 2
  const before = Math.min(latency, Math.max(0, arrival ?? estimated))
  const after = latency - before
  const server = cut(onServer, before)
  const browser = cut([measured.jitterBuffer ?? 0, measured.decode ?? 0], after)
  return {
    queue: server[0],
    convert: server[1],
    encode: server[2],
    pace: server[3],
    network: before - sum(server),
    jitterBuffer: browser[0] ?? 0,
    decode: browser[1] ?? 0,
    present: after - sum(browser),
  }
}

function cut(claims: readonly number[], available: number): number[] {
  const total = sum(claims)
  return claims.map((claim) => (total > available ? claim * (available / total) : claim))
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
