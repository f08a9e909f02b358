import type { EncodeTarget } from './bitrate.js'
import { SCALES, type Scale, scalesFor } from './scale.js'

/**
 * Rates within this factor are alike and share a rung at the lowest of them: half the bits cost about
 * 3 dB, and an encoder more costs everyone's processor.
 */
const ALIKE = 2
/** Who leaves a slower company must be this much closer to the faster, or it would go to and fro. */
const ALIKE_TO_RISE = 1.5
/** Bits that a pixel needs in each picture, when nothing is known; below, fewer pixels or fewer pictures look better than blocks. */
const BITS_PER_PIXEL = 0.02
/** A picture is made smaller before there are fewer than so many a second. */
const LEAST_FPS = { motion: 30, detail: 5 }
/** There are never fewer. */
const FEWEST_FPS = 5
/** More are never asked for by name: all that come. */
const MOST_FPS = 30
/** To go up again it must be this much more. */
const RISE_FACTOR = 1.3
/** No step up for this long after a forced step down, ms: the link has shown that it can be slow. */
const RISE_PAUSE = 10_000
/** Twice as long each time that a step up did not last so long, up to this: each to and fro is seen. */
const LONGEST_RISE_PAUSE = 160_000
/** … and not before there has been enough for this long, ms: each step costs a keyframe. */
const RISE_TIME = 2000
/** Who has just come is known better by the moment: up at once, for this long, ms. */
const START_TIME = 3000

/** What matters when there is not enough for all: `motion`, to keep the frames coming; `detail`, to keep it sharp. */
export type ContentHint = keyof typeof LEAST_FPS

/** Somebody who takes what is encoded, and how much of it, bits per second. */
export interface Demand {
  readonly id: string
  /** At this moment. */
  readonly rate: number
  /** In the long run; decides on the size. Default: `rate`. */
  readonly capacity?: number
  /** May be spent for a moment, on a keyframe. Default: `rate`. */
  readonly available?: number
  /** The only scale that it takes. Who is free to choose reckons with it all the same. */
  readonly only?: Scale | undefined
  /** It sees nothing until a keyframe has come through a network that has just collapsed. */
  readonly isUrgent?: boolean
}

export interface LadderInput {
  readonly demands: readonly Demand[]
  readonly width: number
  readonly height: number
  /** For scale 1, bits per second. */
  readonly maxBitrate: number
  /** Default `motion`. */
  readonly contentHint?: ContentHint
  /** Bits that a pixel of this content needs in each picture (`ContentCost`). Default 0.02. */
  readonly bitsPerPixel?: number
}

/** A size of the picture to encode, and what the encoder is to aim at: what the slowest on it can take. */
export interface Rung extends EncodeTarget {
  readonly scale: Scale
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
  roseAt: number
  pause: number
  readonly placedAt: number
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
    for (const { id, only } of demands)
      assignment.set(id, only ?? this.#place(id, wanted.get(id) ?? 1, reachable.get(id) ?? 1, now))
    const rungs = SCALES.flatMap((scale) => {
      const members = demands.filter(({ id }) => assignment.get(id) === scale)
      return members.length === 0 ? [] : [rungFor(input, scale, members)]
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
        roseAt: Number.NEGATIVE_INFINITY,
        pause: RISE_PAUSE,
        placedAt: now,
        couldRiseSince: undefined,
      })
      return wanted
    }
    if (wanted > place.scale) {
      place.scale = wanted
      const lasted = now - place.roseAt >= 2 * place.pause
      place.pause = lasted ? RISE_PAUSE : Math.min(LONGEST_RISE_PAUSE, 2 * place.pause)
      place.forcedDownAt = now
      place.couldRiseSince = undefined
    } else if (reachable >= place.scale) {
      place.couldRiseSince = undefined
    } else {
      place.couldRiseSince ??= now
      const riseTime = now - place.placedAt < START_TIME ? 0 : RISE_TIME
      if (now - place.couldRiseSince >= riseTime && now - place.forcedDownAt >= place.pause) {
        place.scale = reachable
        place.roseAt = now
        place.couldRiseSince = undefined
      }
    }
    return place.scale
  }
}

/** The best scale for each, without regard to what was before; a `margin` above 1 asks for more rate. */
function wish(input: LadderInput, margin: number) {
  const { demands, width, height, maxBitrate, contentHint = 'motion', bitsPerPixel = BITS_PER_PIXEL } = input
  const alike = margin > 1 ? ALIKE_TO_RISE : ALIKE
  const least = width * height * bitsPerPixel * LEAST_FPS[contentHint] * margin
  const scales = scalesFor(input)
  const smallest = scales.at(-1) ?? 1
  const fitting = (rate: number): Scale => scales.find((scale) => rate >= least / scale ** 2) ?? smallest
  const wishes = new Map<string, Scale>()
  let rest = demands.map(({ id, rate, capacity = rate }) => ({ id, rate: Math.min(capacity, maxBitrate) }))
  let previous: Scale | undefined
  while (rest.length > 0) {
    const fastest = Math.max(...rest.map(({ rate }) => rate))
    const below = Math.min(smallest, previous === undefined ? 1 : 2 * previous) as Scale
    // On the last rung all the rest find their place, however slow.
    const company = below === smallest ? rest : rest.filter(({ rate }) => rate * alike >= fastest)
    const scale = Math.max(below, fitting(Math.min(...company.map(({ rate }) => rate)))) as Scale
    const members = scale === smallest ? rest : company
    for (const { id } of members) wishes.set(id, scale)
    rest = rest.filter((demand) => !members.includes(demand))
    previous = scale
  }
  return wishes
}

function rungFor(input: LadderInput, scale: Scale, members: readonly Demand[]): Rung {
  const { width, height, maxBitrate, bitsPerPixel = BITS_PER_PIXEL } = input
  const rate = Math.min(...members.map((member) => member.rate))
  const available = Math.min(...members.map((member) => member.available ?? member.rate))
  const bitrate = Math.round(Math.min(maxBitrate, rate))
  const fps = bitrate / ((width / scale) * (height / scale) * bitsPerPixel)
  return {
    scale,
    bitrate,
    available: Math.round(available),
    ...(members.some(({ isUrgent }) => isUrgent) && { isUrgent: true }),
    ...(fps < MOST_FPS && { maxFps: Math.max(FEWEST_FPS, fps) }),
  }
}
