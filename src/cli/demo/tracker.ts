import type { Box, Detection, Label } from './detector.js'

/** A detection followed from picture to picture. */
export interface Track {
  readonly id: number
  readonly box: Box
  readonly label: Label
  readonly colour: string
  /** Pixels a second. */
  readonly speed: { readonly x: number; readonly y: number }
  /** Seconds since it was last seen; the box is a guess when it is not 0. */
  readonly unseen: number
  /** Middles of some of the last boxes, the newest last. */
  readonly trail: readonly { readonly x: number; readonly y: number }[]
}

interface State {
  id: number
  box: Box
  x: number
  y: number
  vx: number
  vy: number
  seen: number
  age: number
  unseen: number
  votes: Map<Label, number>
  colour: string
  trail: { x: number; y: number }[]
  sinceTrail: number
}

/** Pictures in which something must have been seen before it gets a number. */
const CONFIRM = 4
/** Seconds that something is remembered while hidden: a car under the bridge takes about one. */
const REMEMBER = { confirmed: 1.8, new: 0.1 } as const
/** Points of a trail, and the time between them in s. */
const TRAIL = { points: 10, every: 0.13 } as const
/** How much of a surprise goes into position and speed (alpha-beta filter). */
const ALPHA = 0.6
const BETA = 0.14

/** Gives what is detected a number that stays, by the nearest prediction, and guesses where hidden things are. */
export class Tracker {
  #states: State[] = []
  #nextId = 1

  /** `seconds` since the last call. Returns what is confirmed, hidden ones included. */
  update(detections: readonly Detection[], seconds: number): Track[] {
    for (const state of this.#states) {
      state.x += state.vx * seconds
      state.y += state.vy * seconds
      state.age += seconds
      state.unseen += seconds
    }
    const free = new Set(detections)
    for (const [state, detection] of this.#pairs(detections)) {
      free.delete(detection)
      observe(state, detection, seconds)
    }
    for (const detection of free) this.#states.push(begin(detection))
    this.#states = this.#states.filter(
      ({ seen, unseen }) => unseen <= (seen >= CONFIRM ? REMEMBER.confirmed : REMEMBER.new),
    )
    for (const state of this.#states) if (state.seen >= CONFIRM && state.id === 0) state.id = this.#nextId++
    return this.#states.filter(({ id }) => id > 0).map(publish)
  }

  /** Pairs, the nearest first; each state and each detection once. */
  #pairs(detections: readonly Detection[]): [State, Detection][] {
    const candidates: { distance: number; state: State; detection: Detection }[] = []
    for (const state of this.#states)
      for (const detection of detections) {
        const { x, y } = middle(detection.box)
        const distance = Math.hypot(x - state.x, y - state.y)
        const size = Math.max(state.box.width, state.box.height, detection.box.width, detection.box.height)
        const reach = size * (0.5 + Math.min(0.7, state.unseen))
        if (distance <= reach) candidates.push({ distance: distance / size, state, detection })
      }
    candidates.sort((a, b) => a.distance - b.distance)
    const pairs: [State, Detection][] = []
    const taken = new Set<State | Detection>()
    for (const { state, detection } of candidates) {
      if (taken.has(state) || taken.has(detection)) continue
      taken.add(state).add(detection)
      pairs.push([state, detection])
    }
    return pairs
  }
}

function begin(detection: Detection): State {
  const { x, y } = middle(detection.box)
  return {
    id: 0,
    box: detection.box,
    x,
    y,
    vx: 0,
    vy: 0,
    seen: 1,
    age: 0,
    unseen: 0,
    votes: new Map([[detection.label, 1]]),
    colour: detection.colour,
    trail: [],
    sinceTrail: 0,
  }
}

function observe(state: State, detection: Detection, seconds: number): void {
  const { x, y } = middle(detection.box)
  const [dx, dy] = [x - state.x, y - state.y]
  // the first look tells nothing of the speed, the second nearly all
  const beta = state.seen < CONFIRM ? 0.6 : BETA
  state.x += ALPHA * dx
  state.y += ALPHA * dy
  if (seconds > 0) {
    state.vx += (beta * dx) / Math.max(seconds, state.unseen)
    state.vy += (beta * dy) / Math.max(seconds, state.unseen)
  }
  state.box = detection.box
  state.seen++
  state.unseen = 0
  state.colour = detection.colour
  // half hidden things look small: the label is what was seen most often
  state.votes.set(detection.label, (state.votes.get(detection.label) ?? 0) + 1)
  state.sinceTrail += seconds
  if (state.sinceTrail < TRAIL.every || state.seen < CONFIRM) return
  state.sinceTrail = 0
  state.trail.push({ x: state.x, y: state.y })
  if (state.trail.length > TRAIL.points) state.trail.shift()
}

function publish(state: State): Track {
  const { width, height } = state.box
  const label = [...state.votes].reduce((best, vote) => (vote[1] > best[1] ? vote : best))[0]
  return {
    id: state.id,
    box: state.unseen === 0 ? state.box : { x: state.x - width / 2, y: state.y - height / 2, width, height },
    label,
    colour: state.colour,
    speed: { x: state.vx, y: state.vy },
    unseen: state.unseen,
    trail: state.trail,
  }
}

function middle({ x, y, width, height }: Box) {
  return { x: x + width / 2, y: y + height / 2 }
}
