import { LimitError } from '../common/errors.js'

const INTERVAL_MS = 1_000

interface Known {
  value: number
  /** Since it was told of. */
  count: number
  toldAt: number
}

/** Tells of limits that were reached: at once, then at most once a second each, with how often. Times in ms. */
export class LimitReports {
  readonly #known = new Map<string, Known>()

  constructor(private readonly tell: (error: LimitError) => void) {}

  /** @param limit the option: `limits.sessions` */
  add(limit: string, value: number, now: number): void {
    const known = this.#known.get(limit) ?? { value, count: 0, toldAt: Number.NEGATIVE_INFINITY }
    this.#known.set(limit, known)
    known.value = value
    known.count++
    this.#flush(limit, known, now)
  }

  /** To be called about once a second. */
  tick(now: number): void {
    for (const [limit, known] of this.#known) this.#flush(limit, known, now)
  }

  #flush(limit: string, known: Known, now: number): void {
    if (known.count === 0 || now - known.toldAt < INTERVAL_MS) return
    const { value, count } = known
    known.count = 0
    known.toldAt = now
    this.tell(new LimitError(limit, value, count))
  }
}
