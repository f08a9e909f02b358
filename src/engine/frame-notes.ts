import type { ServerMessage } from '../common/channel-protocol.js'
import type { MetadataText } from '../common/metadata-text.js'

/**
 * A frame that shows an image once more refers to an earlier message for so long, ms. After that the
 * metadata are sent again: messages live a second, and a still would otherwise stay without for good.
 */
const REFERENCE_TIME = 1_000

/** A frame's metadata, and its time in the viewer's stream, 1/90,000 s. */
interface Note {
  readonly metadata: MetadataText
  readonly time: number
}

/** Tells one viewer what the application said about the frames that it is sent, each before its packets. */
export class FrameNotes {
  readonly #send: (text: string, byteLength: number) => boolean
  #open = false
  /** Of the frame that was sent last. */
  #last: Note | undefined
  /** The metadata that were sent last, and when, ms. */
  #told: (Note & { readonly at: number }) | undefined

  /** @param send false: it could not be sent, and will not be */
  constructor(send: (text: string, byteLength: number) => boolean) {
    this.#send = send
  }

  /** The viewer listens from now on; it may have the last frame on its screen already. */
  open(now: number): void {
    this.#open = true
    if (this.#last) this.#tell(this.#last, now)
  }

  /** A frame is about to be sent. @param time of the frame in the viewer's stream, 1/90,000 s */
  tell(metadata: MetadataText | undefined, time: number, now: number): void {
    this.#last = metadata && { metadata, time }
    if (this.#last && this.#open) this.#tell(this.#last, now)
  }

  #tell(note: Note, now: number): void {
    const { metadata, time } = note
    if (this.#told?.metadata === metadata && now - this.#told.at < REFERENCE_TIME) {
      const again = JSON.stringify({ t: 'again', time, of: this.#told.time } satisfies ServerMessage)
      this.#send(again, again.length)
    } else if (this.#send(metadata.message(time), metadata.byteLength)) this.#told = { ...note, at: now }
  }
}
