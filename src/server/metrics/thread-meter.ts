import { performance } from 'node:perf_hooks'
import { Histogram, type HistogramCounts } from '../../common/histogram.js'

/** A delay of a frame's time is noticed, and the thread is woken seldom, ms. */
const EVERY_MS = 100
/** ms */
const DELAYS = [1, 2, 5, 10, 20, 50, 100, 250, 500, 1000, 5000]

/** How busy the thread is that this runs in: how late its timers are, and how long it has been at work. */
export class ThreadMeter {
  readonly #delays = new Histogram(DELAYS)
  readonly #timer: NodeJS.Timeout
  readonly #start = performance.eventLoopUtilization()
  #due = performance.now() + EVERY_MS

  constructor() {
    this.#timer = setInterval(() => {
      const now = performance.now()
      this.#delays.add(Math.max(0, now - this.#due))
      this.#due = now + EVERY_MS
    }, EVERY_MS)
    this.#timer.unref()
  }

  /** ms */
  get delay(): HistogramCounts {
    return this.#delays.read()
  }

  get busySeconds(): number {
    return performance.eventLoopUtilization(this.#start).active / 1000
  }

  close(): void {
    clearInterval(this.#timer)
  }
}
