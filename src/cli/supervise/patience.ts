const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 10_000
/** What ran for so long ran well: its next death is the first one again. */
export const RAN_WELL_MS = 30_000

/** How long to wait before a program that died is started again: growing pauses, and an end to it. */
export class Patience {
  #deaths = 0

  /** @param most restarts without one that ran well in between */
  constructor(readonly most: number) {}

  /** Restarts since it ran well. */
  get restarts(): number {
    return this.#deaths
  }

  /**
   * It died.
   *
   * @param ran for so long, ms
   * @returns ms until it is started again; undefined: that is in vain
   */
  next(ran: number): number | undefined {
    if (ran >= RAN_WELL_MS) this.#deaths = 0
    if (this.#deaths >= this.most) return undefined
    return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#deaths++)
  }
}
