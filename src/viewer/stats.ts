import { type LatencyParts, type ServerTiming, splitLatency } from './latency-parts.js'
import type { ViewerTransport } from './transport.js'

/** What a viewer sees, measured once a second. A value that cannot be known (yet) is undefined. */
export interface ViewerStats {
  /** What carries the stream. */
  readonly transport: ViewerTransport
  /** Width of the source image in pixels. */
  readonly width: number | undefined
  /** Height of the source image in pixels. */
  readonly height: number | undefined
  /** Frames shown a second, over the last two seconds. */
  readonly fps: number
  /** Video received in the last second, bit/s, RTP headers left out. */
  readonly bitrate: number | undefined
  /** From `addImage` on the server to the screen: median of the last two seconds, ms. */
  readonly latency: number | undefined
  /** Where that time went; undefined as long as the latency is. */
  readonly latencyParts: LatencyParts | undefined
  /** Page to server and back, ms. */
  readonly roundTrip: number | undefined
  /** `H264`, `VP8`, …, as in the SDP. */
  readonly codec: string | undefined
  /** Mean time a frame spent in the browser's jitter buffer in the last second, ms. */
  readonly jitterBuffer: number | undefined
  /** Mean time to decode a frame in the last second, ms. */
  readonly decode: number | undefined
  /** Packets that never came, since the connection began. */
  readonly packetsLost: number
  /** Frames that came but were not shown, since the connection began. */
  readonly framesDropped: number
  /** Frames that were decoded, since the connection began. */
  readonly framesDecoded: number
}

/** The counters of one `getStats()`; all grow from the beginning of the connection. */
export interface Counters {
  /** ms */
  readonly at: number
  readonly bytes: number
  readonly packetsLost: number
  readonly framesDropped: number
  readonly framesDecoded: number
  /** Seconds, summed over all frames. */
  readonly jitterBufferDelay: number
  readonly jitterBufferEmitted: number
  readonly decodeTime: number
  /** The browser's own guess, for when nothing sees the frames on the screen. */
  readonly framesPerSecond: number
  readonly frameWidth: number | undefined
  readonly frameHeight: number | undefined
  readonly codec: string | undefined
  /** ms, from ICE's checks. */
  readonly roundTrip: number | undefined
}

/** What of an `RTCStatsReport` is used: written down here so that this file needs no browser. */
export interface StatsReport {
  forEach(callback: (stat: unknown) => void): void
}

/** Picks the counters from a report; undefined before the first packet of video. */
export function readCounters(report: StatsReport, at: number): Counters | undefined {
  const stats = new Map<unknown, Record<string, unknown>>()
  report.forEach((stat) => {
    if (typeof stat === 'object' && stat !== null) {
      const entry = stat as Record<string, unknown>
      stats.set(entry.id, entry)
    }
  })
  let inbound: Record<string, unknown> | undefined
  let pair: Record<string, unknown> | undefined
  for (const stat of stats.values()) {
    if (stat.type === 'inbound-rtp' && stat.kind === 'video') inbound = stat
    if (stat.type === 'candidate-pair' && stat.nominated === true && stat.state === 'succeeded') pair = stat
  }
  if (!inbound) return undefined
  const mime = stats.get(inbound.codecId)?.mimeType
  const roundTrip = number(pair?.currentRoundTripTime)
  return {
    at,
    bytes: number(inbound.bytesReceived) ?? 0,
    packetsLost: Math.max(0, number(inbound.packetsLost) ?? 0),
    framesDropped: number(inbound.framesDropped) ?? 0,
    framesDecoded: number(inbound.framesDecoded) ?? 0,
    jitterBufferDelay: number(inbound.jitterBufferDelay) ?? 0,
    jitterBufferEmitted: number(inbound.jitterBufferEmittedCount) ?? 0,
    decodeTime: number(inbound.totalDecodeTime) ?? 0,
    framesPerSecond: number(inbound.framesPerSecond) ?? 0,
    frameWidth: number(inbound.frameWidth),
    frameHeight: number(inbound.frameHeight),
    codec: typeof mime === 'string' ? mime.replace(/^video\//i, '') : undefined,
    roundTrip: roundTrip === undefined ? undefined : roundTrip * 1_000,
  }
}

/** What is measured outside `getStats()`. */
export interface Measured {
  readonly transport: ViewerTransport
  readonly size: { readonly width: number; readonly height: number } | undefined
  /** Undefined when nothing sees the frames on the screen. */
  readonly fps: number | undefined
  readonly latency: number | undefined
  /** From `addImage` until the last packet was here, ms. */
  readonly arrival: number | undefined
  readonly roundTrip: number | undefined
  readonly timing: ServerTiming | undefined
}

/** The statistics of the time between two readings; `before` undefined gives those of the first one. */
export function compareCounters(
  before: Counters | undefined,
  now: Counters,
  measured: Measured,
): ViewerStats {
  const seconds = before ? (now.at - before.at) / 1_000 : 0
  const emitted = now.jitterBufferEmitted - (before?.jitterBufferEmitted ?? 0)
  const decoded = now.framesDecoded - (before?.framesDecoded ?? 0)
  const roundTrip = measured.roundTrip ?? now.roundTrip
  const jitterBuffer = mean(now.jitterBufferDelay - (before?.jitterBufferDelay ?? 0), emitted)
  const decode = mean(now.decodeTime - (before?.decodeTime ?? 0), decoded)
  return {
    transport: measured.transport,
    width: measured.size?.width ?? now.frameWidth,
    height: measured.size?.height ?? now.frameHeight,
    fps: measured.fps ?? now.framesPerSecond,
    bitrate: before && seconds > 0 ? Math.max(0, ((now.bytes - before.bytes) * 8) / seconds) : undefined,
    latency: measured.latency,
    latencyParts: splitLatency({ ...measured, roundTrip, jitterBuffer, decode }),
    roundTrip,
    codec: now.codec,
    jitterBuffer,
    decode,
    packetsLost: now.packetsLost,
    framesDropped: now.framesDropped,
    framesDecoded: now.framesDecoded,
  }
}

function mean(seconds: number, frames: number): number | undefined {
  return frames > 0 ? Math.max(0, (seconds / frames) * 1_000) : undefined
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}
