/** What OpenCV counts for a notch. */
const NOTCH = 120
/** A notch in CSS pixels is 120 or 100 in Chromium, 48 (three lines) in Firefox, as the system has it. */
const NOTCH_PX = 100
/** As much in one turn is a wheel; less is a touchpad, and adds up. */
const LEAST_NOTCH_PX = 40
/** So that it fits into 16 bits. */
const MOST_NOTCHES = 270

interface Turned {
  readonly dx: number
  readonly dy: number
  readonly turns: number
}

/** How far a viewer's wheel was turned, in OpenCV's unit: multiples of 120, one for each notch. */
export class Wheel {
  #restX = 0
  #restY = 0

  /** @param turned CSS pixels to the right and down, of all turns */
  turn({ dx, dy, turns }: Turned): { up: number; right: number } {
    const x = notches(dx, turns, this.#restX)
    const y = notches(dy, turns, this.#restY)
    this.#restX = x.rest
    this.#restY = y.rest
    // Not minus zero.
    return { up: y.count === 0 ? 0 : -y.count * NOTCH, right: x.count * NOTCH }
  }
}

/** @param rest of a touchpad, px that were not a notch yet */
function notches(px: number, turns: number, rest: number): { count: number; rest: number } {
  const each = Math.abs(px) / turns
  if (each >= LEAST_NOTCH_PX) {
    const count = Math.sign(px) * turns * Math.max(1, Math.round(each / NOTCH_PX))
    return { count: Math.max(-MOST_NOTCHES, Math.min(MOST_NOTCHES, count)), rest: 0 }
  }
  // Turned back: what was left over is not meant any more.
  const sum = px * rest < 0 ? px : px + rest
  const count = Math.trunc(sum / NOTCH_PX)
  return { count: count === 0 ? 0 : count, rest: sum - count * NOTCH_PX }
}
