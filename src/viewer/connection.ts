import type { ServerMessage } from '../common/channel-protocol.js'
import type { Attempt, AttemptHandlers, Picture } from './attempt.js'
import { FrameNotes } from './frame-notes.js'
import type { ServerTiming } from './latency-parts.js'
import type { ViewerTransport } from './transport.js'
import type { WhepError } from './whep.js'

/** Makes an attempt; throws where the browser cannot. */
export type OpenAttempt = (transport: ViewerTransport, handlers: AttemptHandlers) => Attempt

/** What a connection tells whoever chooses among several. */
export interface ConnectionHandlers {
  live(): void
  picture(picture: Picture): void
  message(message: ServerMessage): void
  note(): void
  unheard(): void
  quiet(): void
  iceServers(servers: RTCIceServer[]): void
  lost(error: WhepError): void
}

/** An attempt, and all that its server has said: it may come to be shown only later. */
export class Connection {
  readonly transport: ViewerTransport
  readonly attempt: Attempt
  readonly notes = new FrameNotes()
  /** All messages that are still of use, until it is shown. */
  readonly said: ServerMessage[] = []
  rtpOffset: number | undefined
  timing: ServerTiming | undefined
  control = false
  isLive = false
  /** The server has an image and repeats it; another WHEP server says nothing, and has no duty to. */
  imageSent = false
  picture: Picture | undefined
  /** When neither answers nor pictures came for a while, ms. */
  quietAt: number | undefined
  #closed = false

  constructor(transport: ViewerTransport, open: OpenAttempt, handlers: ConnectionHandlers) {
    this.transport = transport
    const unlessClosed =
      <A extends unknown[]>(take: (...values: A) => void) =>
      (...values: A): void => {
        if (!this.#closed) take(...values)
      }
    this.attempt = open(transport, {
      picture: unlessClosed((picture) => {
        this.picture = picture
        handlers.picture(picture)
      }),
      iceServers: unlessClosed((servers) => handlers.iceServers(servers)),
      live: unlessClosed(() => {
        this.isLive = true
        handlers.live()
      }),
      message: unlessClosed((message) => {
        this.#take(message)
        handlers.message(message)
      }),
      unheard: unlessClosed(() => {
        this.timing = undefined
        this.control = false
        handlers.unheard()
      }),
      quiet: unlessClosed(() => handlers.quiet()),
      note: unlessClosed((text) => {
        this.notes.receive(text)
        handlers.note()
      }),
      lost: unlessClosed((error) => {
        this.#closed = true
        handlers.lost(error)
      }),
    })
  }

  close(): void {
    this.#closed = true
    this.attempt.close()
  }

  #take(message: ServerMessage): void {
    this.quietAt = undefined
    if (message.t === 'hello') {
      this.rtpOffset = message.rtpOffset
      this.control = message.control
    } else if (message.t === 'rights') this.control = message.control
    else if (message.t === 'timing') this.timing = message
    else if (message.t === 'image') this.imageSent = true
  }
}
