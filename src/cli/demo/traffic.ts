import { LANES, type Lane, type Pose } from './map.js'
import { seededRandom } from './random.js'

export type Kind = 'car' | 'van' | 'truck' | 'bus' | 'person'

/** Length and width in world pixels, and how often a kind appears among the vehicles. */
export const KINDS: Readonly<Record<Kind, { length: number; width: number; share: number }>> = {
  car: { length: 46, width: 22, share: 0.66 },
  van: { length: 56, width: 24, share: 0.14 },
  truck: { length: 88, width: 26, share: 0.12 },
  bus: { length: 102, width: 27, share: 0.08 },
  person: { length: 13, width: 20, share: 0 },
}

/** Something that moves. */
export interface Mover {
  readonly id: number
  readonly kind: Kind
  /** Index into the sprite colours. */
  readonly paint: number
  readonly lane: Lane
  /** Pixels along the lane, of its middle. */
  s: number
  /** Pixels a second, now and when nothing is in the way. */
  speed: number
  readonly cruise: number
}

export const PAINTS = 8

/** Following: time headway in s, least gap in pixels, comfortable acceleration and braking in px/s² (IDM, Treiber 2000). */
const HEADWAY = 0.9
const MIN_GAP = 16
const ACCELERATION = 45
const BRAKING = 70
/** Longest step of the simulation in s; a longer one would let vehicles jump through each other. */
const MAX_STEP = 1 / 30

/** Traffic on all lanes: the same for the same seed and the same steps. */
export class Traffic {
  readonly #random: () => number
  readonly #lanes: { lane: Lane; movers: Mover[]; nextGap: number }[]
  #nextId = 1

  constructor(seed: number) {
    this.#random = seededRandom(seed)
    this.#lanes = LANES.map((lane) => ({ lane, movers: [], nextGap: 0 }))
    for (const state of this.#lanes) this.#fill(state)
  }

  /** Everything that moves, in no particular order. */
  get movers(): readonly Mover[] {
    return this.#lanes.flatMap(({ movers }) => movers)
  }

  pose(mover: Mover): Pose {
    return mover.lane.pose(mover.s)
  }

  advance(seconds: number): void {
    const steps = Math.max(1, Math.ceil(seconds / MAX_STEP - 1e-9))
    for (let i = 0; i < steps; i++) this.#step(seconds / steps)
  }

  #step(dt: number): void {
    for (const state of this.#lanes) {
      // the one in front comes first
      for (const [index, mover] of state.movers.entries()) {
        mover.speed = Math.max(0, mover.speed + acceleration(mover, state.movers[index - 1]) * dt)
        mover.s += mover.speed * dt
      }
      if ((state.movers[0]?.s ?? 0) > state.lane.length) state.movers.shift()
      const last = state.movers.at(-1)
      if (!last || last.s > state.nextGap) this.#enter(state, 0)
    }
  }

  /** Puts movers all along a lane, so that the first picture is not empty. */
  #fill(state: { lane: Lane; movers: Mover[]; nextGap: number }): void {
    for (let s = state.lane.length * (1 - 0.2 * this.#random()); s > 0; s -= state.nextGap)
      this.#enter(state, s)
  }

  #enter(state: { lane: Lane; movers: Mover[]; nextGap: number }, s: number): void {
    const onFoot = state.lane.kind === 'foot'
    const kind = onFoot ? 'person' : this.#pickKind()
    const fast = kind === 'car' || kind === 'van'
    const cruise = onFoot ? 14 + 10 * this.#random() : (fast ? 105 : 85) + 50 * this.#random()
    const paint = Math.floor(this.#random() * PAINTS)
    state.movers.push({ id: this.#nextId++, kind, paint, lane: state.lane, s, speed: cruise, cruise })
    state.nextGap = onFoot ? 260 + 620 * this.#random() : KINDS[kind].length + 130 + 330 * this.#random() ** 2
  }

  #pickKind(): Kind {
    let rest = this.#random()
    for (const kind of ['car', 'van', 'truck'] as const) {
      rest -= KINDS[kind].share
      if (rest < 0) return kind
    }
    return 'bus'
  }
}

function acceleration(mover: Mover, ahead: Mover | undefined): number {
  const free = 1 - (mover.speed / mover.cruise) ** 4
  if (!ahead || mover.kind === 'person') return ACCELERATION * free
  const gap = Math.max(1, ahead.s - mover.s - (KINDS[ahead.kind].length + KINDS[mover.kind].length) / 2)
  const closing = mover.speed - ahead.speed
  const wanted =
    MIN_GAP +
    Math.max(0, mover.speed * HEADWAY + (mover.speed * closing) / (2 * Math.sqrt(ACCELERATION * BRAKING)))
  return Math.max(-3 * BRAKING, ACCELERATION * (free - (wanted / gap) ** 2))
}
