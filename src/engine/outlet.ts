import type { VideoCodec } from '../common/codec.js'
import type { EncodedFrame, Scale } from '../encode/index.js'
import { COALESCE_MS } from '../encode/keyframes.js'
import { type PacketizedFrame, Packetizer } from '../rtp/index.js'

/** Who is sent frames. */
export interface Receiver {
  readonly waitsForKeyframe: boolean
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
  send(encoded: EncodedFrame, now: number): R[] {
    const frame = this.#packetizer.packetize(encoded)
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
