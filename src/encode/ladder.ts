/** Rungs that there may be: the picture's size divided by these. */
export const SCALES = [1, 2, 4] as const
export type Scale = (typeof SCALES)[number]

/**
 * Rates within this factor are alike and share a rung at the lowest of them: half the bits cost about
 * 3 dB, and an encoder more costs everyone's processor.
 */
const ALIKE = 2
/** Who leaves a slower company must be this much closer to the faster, or it would go to and fro. */
const ALIKE_TO_RISE = 1.5
/** Bits a second that a pixel needs at 30 fps; below, a smaller picture scaled up looks better than blocks. */
const LEAST_BITS_PER_PIXEL = { motion: 0.6, detail: 0.3 }
/** To go up again it must be this much more. */
const RISE_FACTOR = 1.3
/** No step up for this long after a forced step down, ms: the link has shown that it can be slow. */
const RISE_PAUSE = 10_000
/** … and not before there has been enough for this long, ms: each step costs a keyframe. */
const RISE_TIME = 2000

/** `motion`: keep the frames coming; `detail`: keep it sharp. */
export type ContentHint = keyof typeof LEAST_BITS_PER_PIXEL

/** Somebody who takes what is encoded, and how much of it, bits per second. */
export interface Demand {
  readonly id: string
  readonly rate: number
}

export interface LadderInput {
  readonly demands: readonly Demand[]
  readonly width: number
  readonly height: number
  /** For scale 1, bits per second. */
  readonly maxBitrate: number
  /** Default `motion`. */
  readonly contentHint?: ContentHint
}

export interface Rung {
  readonly scale: Scale
  /** Bits per second: what the slowest on it can take. */
  readonly bitrate: number
}

export interface LadderPlan {
  /** To run, the largest picture first; those that are not in it are to be stopped. */
  readonly rungs: readonly Rung[]
  /** Who gets which; takes effect for each with the next keyframe of that rung. */
  readonly assignment: ReadonlyMap<string, Scale>
}

interface Place {
  scale: Scale
  forcedDownAt: number
  /** Since when there would be enough for a larger picture. */
  couldRiseSince: number | undefined
}

/**
 * Decides which sizes of a picture to encode, at what rate, and who gets which. All alike: one rung that
 * follows the slowest, first in bitrate, then in size. Somebody far slower: a smaller rung for those,
 * which ends with them. Steps down are at once, steps up wait. Pure: time comes in as `now`, ms.
 */
export class Ladder {
  readonly #places = new Map<string, Place>()

  update(input: LadderInput, now: number): LadderPlan {
    const { demands } = input
    for (const id of this.#places.keys())
      if (!demands.some((demand) => demand.id === id)) this.#places.delete(id)
    const wanted = wish(input, 1)
    const reachable = wish(input, RISE_FACTOR)
    const assignment = new Map<string, Scale>()
    for (const { id } of demands)
      assignment.set(id, this.#place(id, wanted.get(id) ?? 1, reachable.get(id) ?? 1, now))
    const rungs = SCALES.flatMap((scale) => {
      const rates = demands.filter(({ id }) => assignment.get(id) === scale).map(({ rate }) => rate)
      return rates.length === 0
        ? []
        : [{ scale, bitrate: Math.round(Math.min(input.maxBitrate / scale, ...rates)) }]
    })
    return { rungs, assignment }
  }

  /** @param wanted what its rate is good for, and `reachable` what it still is with a margin */
  #place(id: string, wanted: Scale, reachable: Scale, now: number): Scale {
    const place = this.#places.get(id)
    if (!place) {
      // Who comes is placed at once: there is no picture yet that a step could disturb.
      this.#places.set(id, {
        scale: wanted,
        forcedDownAt: Number.NEGATIVE_INFINITY,
        couldRiseSince: undefined,
      })
      return wanted
    }
    if (wanted > place.scale) {
      place.scale = wanted
      place.forcedDownAt = now
      place.couldRiseSince = undefined
    } else if (reachable >= place.scale) {
      place.couldRiseSince = undefined
    } else {
      place.couldRiseSince ??= now
      if (now - place.couldRiseSince >= RISE_TIME && now - place.forcedDownAt >= RISE_PAUSE) {
        place.scale = reachable
        place.couldRiseSince = undefined
      }
    }
    return place.scale
  }
}

/** The best scale for each, without regard to what was before; a `margin` above 1 asks for more rate. */
function wish({ demands, width, height, maxBitrate, contentHint = 'motion' }: LadderInput, margin: number) {
  const alike = margin > 1 ? ALIKE_TO_RISE : ALIKE
  const least = width * height * LEAST_BITS_PER_PIXEL[contentHint] * margin
  const fitting = (rate: number): Scale => SCALES.find((scale) => rate >= least / scale ** 2) ?? 4
  const wishes = new Map<string, Scale>()
  let rest = demands.map(({ id, rate }) => ({ id, rate: Math.min(rate, maxBitrate) }))
  let previous: Scale | undefined
  while (rest.length > 0) {
    const fastest = Math.max(...rest.map(({ rate }) => rate))
    const below: Scale = previous === undefined ? 1 : previous === 1 ? 2 : 4
    // On the last rung all the rest find their place, however slow.
    const company = below === 4 ? rest : rest.filter(({ rate }) => rate * alike >= fastest)
    const scale = Math.max(below, fitting(Math.min(...company.map(({ rate }) => rate)))) as Scale
    const members = scale === 4 ? rest : company
    for (const { id } of members) wishes.set(id, scale)
    rest = rest.filter((demand) => !members.includes(demand))
    previous = scale
  }
  return wishes
}
