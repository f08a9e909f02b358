/** One of the rungs that go over one path at the same time. Rates in bit/s. */
export interface RungNeed {
  /** With less it is not sent; the smallest one is sent with whatever there is. */
  readonly least: number
  /** What it gets before the next larger one gets anything. */
  readonly enough: number
  /** It cannot use more. */
  readonly most: number
}

/** However little there is, an encoder that runs gets this share of what it needs at least: it could do nothing with less. */
const LOWEST_SHARE = 0.25
/** To come back it needs this much more than to stay … */
const RISE_FACTOR = 1.3
/** … for this long, ms: each time costs a keyframe, and a step of all who watch it … */
const RISE_TIME = 2_000
/** … and not before this has passed since it was left out: the network has shown that it can be slow. */
const RISE_PAUSE = 10_000
/** A path is known better by the moment when it is new: what fits is sent at once, for this long, ms. */
const START_TIME = 3_000

/**
 * Divides what a network carries among rungs that are sent at the same time, as libwebrtc does for simulcast
 * (SimulcastRateAllocator::DistributeAllocationToSimulcastLayers): the smaller ones first, a larger one when what is
 * left is worth it, and what remains to the largest that is sent. Steps down are at once, steps up wait. Pure: time
 * comes in as `now`, ms.
 */
export class RungAllocation {
  #startedAt: number | undefined
  /** How many are sent. */
  #sent = 0
  #leftOutAt = Number.NEGATIVE_INFINITY
  /** Since when there would be enough for one more. */
  #couldRiseSince: number | undefined

  /**
   * @param rates for all together: `rate` now, `capacity` in the long run, which decides how many are sent
   * @param needs of the rungs, the smallest first
   * @returns the rate of each that is sent, the smallest first; what is not in it is left out
   */
  update(
    { rate, capacity }: { readonly rate: number; readonly capacity: number },
    needs: readonly RungNeed[],
    now: number,
  ): number[] {
    this.#startedAt ??= now
    const before = this.#sent
    const fitting = countFitting(capacity, needs, before)
    this.#sent = this.#choose(fitting, now)
    if (this.#sent < before) {
      this.#leftOutAt = now
      this.#couldRiseSince = undefined
    }
    // What is held back for a moment is held back from all of them.
    const moment = capacity > 0 ? Math.min(1, rate / capacity) : 0
    return divide(capacity, needs.slice(0, this.#sent)).map((share, index) =>
      Math.max(share * moment, LOWEST_SHARE * (needs[index]?.least ?? 0)),
    )
  }

  #choose(fitting: number, now: number): number {
    if (fitting <= this.#sent) {
      this.#couldRiseSince = undefined
      return fitting
    }
    this.#couldRiseSince ??= now
    const isNew = now - (this.#startedAt ?? now) < START_TIME
    const mayRise =
      now - this.#couldRiseSince >= (isNew ? 0 : RISE_TIME) && now - this.#leftOutAt >= RISE_PAUSE
    if (!mayRise && this.#sent > 0) return this.#sent
    this.#couldRiseSince = undefined
    return fitting
  }
}

/** How many fit, of which `sent` are there already. */
function countFitting(rate: number, needs: readonly RungNeed[], sent: number): number {
  let left = rate
  for (const [index, { least, enough }] of needs.entries()) {
    const isThere = index < sent || sent === 0
    if (index > 0 && left < least * (isThere ? 1 : RISE_FACTOR)) return index
    left = Math.max(0, left - enough)
  }
  return needs.length
}

function divide(rate: number, needs: readonly RungNeed[]): number[] {
  let left = rate
  return needs.map(({ enough, most }, index) => {
    const share = Math.min(left, index === needs.length - 1 ? most : enough)
    left -= share
    return share
  })
}
