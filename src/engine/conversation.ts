import { CHANNEL_VERSION, type ServerMessage, type ViewerMessage } from '../common/channel-protocol.js'
import { monotonicNow } from '../common/clock.js'
import type { MetadataText } from '../common/metadata-text.js'
import { FrameNotes } from './frame-notes.js'
import { readViewerMessage } from './viewer-message.js'
import type { WatcherIdentity } from './watcher.js'

/** How texts get to a viewer. */
export interface ConversationWay {
  /** @returns false when it was not sent because the viewer does not take what it was sent before */
  sendText(text: string): boolean
  /** Of one frame, worth nothing later. @returns false when it was not sent */
  sendNote(text: string, bytes: number): boolean
}

export type InputOfViewer = Exclude<ViewerMessage, { t: 'ping' }>

/** What is said between the server and one viewer beside the pictures, whatever the way that it goes. */
export class Conversation {
  readonly #notes = new FrameNotes((text, bytes) => this.way.sendNote(text, bytes))
  #isOpen = false
  /** Messages that were none. */
  #ignored = 0
  #shownSize = ''

  /** @param rtpOffset what to add to the time of a frame to get its RTP time */
  constructor(
    private readonly identity: WatcherIdentity,
    private readonly rtpOffset: number,
    private readonly way: ConversationWay,
    private readonly onMessage: (message: InputOfViewer) => void,
  ) {}

  get isOpen(): boolean {
    return this.#isOpen
  }

  /** Messages that were malformed, or of an unknown kind. */
  get ignored(): number {
    return this.#ignored
  }

  countIgnored(): void {
    this.#ignored++
  }

  /** The viewer can be told something from now on. */
  open(): void {
    this.#isOpen = true
  }

  /** @returns false when it was not open */
  close(): boolean {
    const wasOpen = this.#isOpen
    this.#isOpen = false
    return wasOpen
  }

  /** The viewer listens to what belongs to frames from now on. */
  openNotes(now: number): void {
    this.#notes.open(now)
  }

  /** The first message. */
  greet(canControl: boolean): void {
    const { id, track } = this.identity
    const { rtpOffset } = this
    this.tell({ t: 'hello', v: CHANNEL_VERSION, viewer: id, track, rtpOffset, control: canControl })
    const [width, height] = this.#shownSize.split('x').map(Number)
    if (width && height) this.tell({ t: 'image', width, height })
  }

  /** @returns false when it was not sent because the viewer does not take what it was sent before */
  tell(message: ServerMessage): boolean {
    return !this.#isOpen || this.way.sendText(serialize(message))
  }

  /** The size of the source image, if it is another one than before. */
  tellSize(width: number, height: number): void {
    const size = `${width}x${height}`
    if (size === this.#shownSize) return
    this.#shownSize = size
    this.tell({ t: 'image', width, height })
  }

  /** What belongs to a frame that is about to be sent. @param time of the frame, 1/90,000 s */
  tellOf(metadata: MetadataText | undefined, time: number, now: number): void {
    this.#notes.tell(metadata, time, now)
  }

  /** @param text undefined: it was bytes */
  read(text: string | undefined): void {
    if (!this.#isOpen) return
    const message = text === undefined ? undefined : readViewerMessage(text)
    if (!message) this.#ignored++
    else if (message.t !== 'ping') this.onMessage(message)
    else this.tell({ t: 'pong', id: message.id, at: message.at, clock: monotonicNow() })
  }
}

const lastText: { message?: ServerMessage; text: string } = { text: '' }

/** The same message often goes to all viewers of a track, one after the other. */
function serialize(message: ServerMessage): string {
  if (lastText.message !== message) {
    lastText.message = message
    lastText.text = JSON.stringify(message)
  }
  return lastText.text
}
