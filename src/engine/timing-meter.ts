import type { FrameTiming, SendingTimes } from '../common/frame-timing.js'

const WINDOW = 1_000
/** Frames within the window that are looked at: more images a second nobody can see. */
const MOST_FRAMES = 256

/** Where the time of a viewer's frames went in the last second. Pure; times in ms. */
export class TimingMeter {
  /** What was asked for last, and when: it is asked for several times in a row. */
  #last: { readonly at: number; readonly times: SendingTimes | undefined } | undefined
  #frames: { readonly timing: FrameTiming; readonly at: number }[] = []

  /** The last packet of a frame has left. */
  add(timing: FrameTiming, now: number): void {
    this.#last = undefined
    this.#frames.push({ timing, at: now })
    if (this.#frames.length > MOST_FRAMES) this.#frames.splice(0, MOST_FRAMES / 2)
  }

  /** Medians of the last second; undefined when there was no new image in it. */
  times(now: number): SendingTimes | undefined {
    if (this.#last?.at !== now) this.#last = { at: now, times: this.#compute(now) }
    return this.#last.times
  }

  #compute(now: number): SendingTimes | undefined {
    this.#frames = this.#frames.filter(({ at }) => at > now - WINDOW)
    if (this.#frames.length === 0) return undefined
    const median = (of: (frame: { timing: FrameTiming; at: number }) => number): number => {
      const sorted = this.#frames.map(of).sort((a, b) => a - b)
      return Math.round((sorted[sorted.length >> 1] ?? 0) * 100) / 100
    }
    return {
      queue: median(({ timing }) => timing.queue),
      convert: median(({ timing }) => timing.convert),
      encode: median(({ timing }) => timing.encode),
      pace: median(({ timing, at }) => Math.max(0, at - timing.encodedAt)),
    }
  }
}
