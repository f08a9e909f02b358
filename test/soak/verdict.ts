/** One row of the table: what was seen in a minute. */
export interface Minute {
  readonly minute: number
  readonly residentMiB: number
  readonly heapMiB: number
  readonly files: number
  readonly threads: number
  readonly viewers: number
  /** From the push of an image to its last packet at a headless viewer, ms. */
  readonly p50: number
  readonly p95: number
  /** Frames of that viewer that came later than 100 ms, and all of them, in this minute. */
  readonly late: number
  readonly frames: number
  readonly missing: number
  readonly encoded: number
}

/** Growth over the whole run, by the line through all minutes after the first fifth, as a share of what was there. */
const MOST_GROWTH = 0.1
/** Latency may double: other programs have the same cores. */
const MOST_LATENCY_GROWTH = 1
const WARM_UP = 0.2

export interface Verdict {
  readonly what: string
  readonly from: number
  readonly to: number
  readonly isFlat: boolean
}

/** Whether each of the measures is flat. Least squares, so that one odd minute says little. */
export function judge(minutes: readonly Minute[]): Verdict[] {
  const warm = minutes.slice(Math.ceil(minutes.length * WARM_UP))
  const measures: [string, (minute: Minute) => number, number][] = [
    ['resident MiB', (minute) => minute.residentMiB, MOST_GROWTH],
    ['heap MiB', (minute) => minute.heapMiB, MOST_GROWTH],
    ['files', (minute) => minute.files, MOST_GROWTH],
    ['threads', (minute) => minute.threads, MOST_GROWTH],
    ['latency p50 ms', (minute) => minute.p50, MOST_LATENCY_GROWTH],
    ['latency p95 ms', (minute) => minute.p95, MOST_LATENCY_GROWTH],
  ]
  return measures.map(([what, of, most]) => {
    const { from, to } = line(warm.map(of))
    return { what, from, to, isFlat: to - from <= Math.max(2, from * most) }
  })
}

/** The ends of the line of least squares through values at equal distances. */
export function line(values: readonly number[]): { from: number; to: number } {
  const count = values.length
  const mean = values.reduce((sum, value) => sum + value, 0) / count
  const middle = (count - 1) / 2
  let product = 0
  let square = 0
  for (const [i, value] of values.entries()) {
    product += (i - middle) * (value - mean)
    square += (i - middle) ** 2
  }
  const slope = square === 0 ? 0 : product / square
  return { from: mean - slope * middle, to: mean + slope * middle }
}
