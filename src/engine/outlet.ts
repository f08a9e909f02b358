import type { VideoCodec } from '../common/codec.js'
import type { FrameTiming } from '../common/frame-timing.js'
import type { EncodedFrame, Scale } from '../encode/index.js'
import { COALESCE_MS } from '../encode/keyframes.js'
import { type PacketizedFrame, Packetizer } from '../rtp/index.js'

/** From this on, ms, what is encoded waits longer than a newer image would be away … */
const LONGEST_BACKLOG = 50
/** … and until this is left, so that the pacer does not run dry. */
const SHORTEST_BACKLOG = 15

/** Who is sent frames. */
export interface Receiver {
  readonly waitsForKeyframe: boolean
  /** How long it takes to send it what waits, ms. */
  readonly backlog: number
  sendFrame(frame: PacketizedFrame): void
}

/** What is sent of one rung of a track with one codec: cut into packets once, for all who watch it. */
export class Outlet<R extends Receiver> {
  readonly #packetizer: Packetizer
  readonly #receivers = new Set<R>()
  /** They come with the next keyframe. */
  readonly #joining = new Set<R>()
  /** All frames since the last keyframe, while that is recent; else empty. */
  #chain: PacketizedFrame[] = []
  #chainStart = Number.NEGATIVE_INFINITY

  constructor(
    readonly codec: VideoCodec,
    readonly scale: Scale,
  ) {
    this.#packetizer = new Packetizer(codec)
  }

  /** How long all of them have to send what waits, beyond a little that does no harm, ms; else 0. */
  get backlog(): number {
    let least = Number.POSITIVE_INFINITY
    // Of a rung that has just begun nobody but those who come with its keyframe: it is for them.
    const takers = this.#receivers.size > 0 ? this.#receivers : this.#joining
    for (const { backlog } of takers) least = Math.min(least, backlog)
    return least > LONGEST_BACKLOG && least < Number.POSITIVE_INFINITY ? least - SHORTEST_BACKLOG : 0
  }

  get isEmpty(): boolean {
    return this.#receivers.size === 0 && this.#joining.size === 0
  }

  /**
   * Somebody new. If the last keyframe is so young that another one would not be made yet, they get it, and
   * what followed, instead of waiting.
   */
  add(receiver: R, now: number): void {
    this.#receivers.add(receiver)
    if (now - this.#chainStart < COALESCE_MS) for (const frame of this.#chain) receiver.sendFrame(frame)
  }

  /** Somebody who watches another rung until this one's next keyframe. */
  join(receiver: R): void {
    this.#joining.add(receiver)
  }

  remove(receiver: R): void {
    this.#receivers.delete(receiver)
    this.#joining.delete(receiver)
  }

  /** @returns those who came with this frame, and are to be removed where they were */
  send(encoded: EncodedFrame, now: number, timing?: FrameTiming): R[] {
    const frame = { ...this.#packetizer.packetize(encoded), timing }
    let joined: R[] = []
    if (frame.keyframe) {
      this.#chain = []
      this.#chainStart = now
      joined = [...this.#joining]
      this.#joining.clear()
      for (const receiver of joined) this.#receivers.add(receiver)
    }
    if (now - this.#chainStart < COALESCE_MS) this.#chain.push(frame)
    else this.#chain = []
    for (const receiver of this.#receivers) receiver.sendFrame(frame)
    return joined
  }
}
