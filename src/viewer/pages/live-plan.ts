/** Each live card is a session of the server and a decoder here: more than this many show thumbnails. */
export const MOST_LIVE = 4
/** Live as long after its last movement: one image a second is not to make a card come and go, ms. */
const LINGER_MS = 10_000
/** … and what moved this lately counts when they are too many: or one image now and then would end all sessions and begin them again, ms. */
const CROWD_MS = 3 * LINGER_MS

/** What a card says of itself. */
export interface Candidate {
  readonly name: string
  /** In the visible part of the page. */
  readonly visible: boolean
  /** The pointer is on it, or the keyboard. */
  readonly pointed: boolean
  /** Images a second. */
  readonly fps: number
}

/**
 * Which tracks are shown live: all in sight that move, unless they are too many; then the one that is
 * pointed at. A still one needs no session: its thumbnail is as good.
 */
export class LivePlan {
  readonly #moved = new Map<string, number>()
  #crowded = false

  choose(candidates: readonly Candidate[], now: number): Set<string> {
    for (const { name, fps } of candidates) if (fps > 0) this.#moved.set(name, now)
    for (const [name, at] of this.#moved) if (now - at > CROWD_MS) this.#moved.delete(name)
    const movedWithin = (ms: number): Candidate[] =>
      candidates.filter(({ name, visible }) => visible && now - (this.#moved.get(name) ?? -Infinity) <= ms)
    const moving = movedWithin(LINGER_MS)
    this.#crowded = (this.#crowded ? movedWithin(CROWD_MS) : moving).length > MOST_LIVE
    const chosen = this.#crowded ? moving.filter(({ pointed }) => pointed) : moving
    return new Set(chosen.map(({ name }) => name))
  }
}
