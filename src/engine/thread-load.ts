import { type EventLoopUtilization, performance } from 'node:perf_hooks'

/** Seconds that are looked at: opening a few sessions, or closing one, is no load. */
const WINDOW = 5

/** How busy the thread is that it is made in: what it does is sending, mostly. To be asked to look once a second. */
export class ThreadLoad {
  #looks: EventLoopUtilization[] = [performance.eventLoopUtilization()]

  tick(): void {
    this.#looks.push(performance.eventLoopUtilization())
    if (this.#looks.length > WINDOW + 1) this.#looks.shift()
  }

  /** Share of the last five seconds in which it was not waiting for something to do; 0 before that is known. */
  get share(): number {
    const [first] = this.#looks
    const last = this.#looks.at(-1)
    if (!first || !last || this.#looks.length <= WINDOW) return 0
    return performance.eventLoopUtilization(last, first).utilization
  }
}
