/** So many messages after the first have to come … */
const LEAST_COUNT = 3
/** … and no more than the last ones count. */
const MOST_COUNT = 5
/** … of which the sizes, and when they were sent, say something by this on average, ms. */
const LEAST_DIFFERENCE = 4
/** A longer way explains when they came so much better than a queue does. */
const CLEARLY = 2
/** How much of the delay may vary from one to the next, and what timers do, ms. */
const VARIATION = 0.1
const TIMER = 3

/** From one message to the next, ms, and the bytes of that. */
interface Step {
  readonly sent: number
  readonly came: number
  readonly bytes: number
}

/**
 * Messages that all come late: do they stand in a queue, or has the way become longer? In the long run both look the same.
 * But what leaves a queue comes at intervals that follow from the sizes, whenever it was sent; what only has a longer way
 * comes at the intervals at which it was sent, whatever its size. A viewer's frames differ enough to tell. Pure.
 */
export class LongerWay {
  /** When the first of them came, ms. */
  #first: number | undefined
  #leastDelay = Number.POSITIVE_INFINITY
  #last = { sentAt: 0, at: 0, delivered: 0 }
  readonly #steps: Step[] = []

  /**
   * A message has come, late as those before it.
   *
   * @param delivered bytes that have come in all
   * @param delay by how much it was late, ms
   */
  add(sentAt: number, at: number, delivered: number, delay: number): void {
    const last = this.#last
    if (this.#first === undefined) this.#first = at
    else
      this.#steps.push({ sent: sentAt - last.sentAt, came: at - last.at, bytes: delivered - last.delivered })
    if (this.#steps.length > MOST_COUNT) this.#steps.shift()
    this.#last = { sentAt, at, delivered }
    this.#leastDelay = Math.min(this.#leastDelay, delay)
  }

  /** One was not late: what comes is looked at anew. */
  reset(): void {
    this.#first = undefined
    this.#leastDelay = Number.POSITIVE_INFINITY
    this.#steps.length = 0
  }

  /** Since when the way is longer, ms; undefined: it is a queue, or nobody knows. */
  get since(): number | undefined {
    const count = this.#steps.length
    if (count < LEAST_COUNT) return undefined
    const sum = (of: (step: Step) => number) => this.#steps.reduce((total, step) => total + of(step), 0)
    const timeOfByte = sum(({ came }) => came) / sum(({ bytes }) => bytes)
    const asQueue = sum(({ came, bytes }) => Math.abs(came - bytes * timeOfByte)) / count
    const asWay = sum(({ came, sent }) => Math.abs(came - sent)) / count
    const isWay =
      asQueue >= LEAST_DIFFERENCE &&
      CLEARLY * asWay < asQueue &&
      asWay <= VARIATION * this.#leastDelay + TIMER
    return isWay ? this.#first : undefined
  }
}
