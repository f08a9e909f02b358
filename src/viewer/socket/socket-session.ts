import type { VideoCodec } from '../../common/codec.js'
import { SOCKET_PROTOCOL } from '../../common/socket-protocol.js'
import type { Attempt, AttemptHandlers, FrameTimes } from '../attempt.js'
import { Channel } from '../channel.js'
import type { PresentedFrame } from '../presented-frame.js'
import type { Counters } from '../stats.js'
import { endSession, postSocket, WhepError } from '../whep.js'
import { CodecsPlayer } from './codecs-player.js'
import { findDecodable } from './decodable.js'
import { readFrame } from './frame.js'
import { MsePlayer } from './mse-player.js'
import type { Player } from './player.js'

/** Beyond this the request, or the WebSocket, counts as unanswered, ms. */
const ANSWER_TIMEOUT_MS = 10_000
/** A keyframe that was asked for and has not come by then is asked for again, ms. */
const ASK_AGAIN_MS = 500

const CODEC_NAMES: Readonly<Record<VideoCodec, string>> = { h264: 'H264', vp8: 'VP8' }

export interface SocketSessionOptions {
  /** Absolute address of the WHEP endpoint. */
  readonly endpoint: string
  readonly token: string | undefined
  /** Codec names in lower case, best first; undefined: all that the browser can decode. */
  readonly codecs: readonly string[] | undefined
}

/** One attempt to watch over a WebSocket: the encoded stream, where no UDP passes. Never used twice. */
export class SocketSession implements Attempt {
  readonly transport = 'websocket'
  readonly channel: Channel
  readonly #options: SocketSessionOptions
  readonly #handlers: AttemptHandlers
  readonly #abort = new AbortController()
  #resource: string | undefined
  #socket: WebSocket | undefined
  #player: Player | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #asked = Number.NEGATIVE_INFINITY
  #codec: VideoCodec | undefined
  #bytes = 0
  #over = false

  constructor(options: SocketSessionOptions, handlers: AttemptHandlers) {
    this.#options = options
    this.#handlers = handlers
    const session = this
    this.channel = new Channel(
      {
        get bufferedAmount() {
          return session.#socket?.bufferedAmount ?? 0
        },
        get isOpen() {
          return session.#socket?.readyState === WebSocket.OPEN
        },
        send: (text) => session.#socket?.send(text),
      },
      {
        message: (message) => handlers.message(message),
        silence: (state) => {
          if (state === 'dead') this.#fail(new WhepError('The server fell silent', { kind: 'refused' }))
        },
        closed: () => {},
      },
    )
  }

  async start(): Promise<void> {
    const { endpoint, token } = this.#options
    this.#timer = setTimeout(() => this.#abort.abort(), ANSWER_TIMEOUT_MS)
    try {
      const decodable = await findDecodable(this.#options.codecs)
      if (!decodable)
        throw new WhepError('This browser cannot play the stream', { kind: 'refused', fatal: true })
      if (this.#over) return
      const resource = await postSocket(
        endpoint,
        { transport: 'websocket', codecs: decodable.codecs },
        { token, signal: this.#abort.signal },
      )
      if (!resource)
        throw new WhepError('The server sends over WebRTC alone', { kind: 'refused', fatal: true })
      this.#resource = resource
      // Closed in the meantime: the server has opened a session that nobody will use.
      if (this.#over) return this.#release()
      this.#player = this.#play(decodable.by)
      this.#open(resource)
    } catch (error) {
      this.#fail(error instanceof WhepError ? error : unexpected(error))
    }
  }

  close(): void {
    if (!this.#over) this.#release()
    this.#over = true
    clearTimeout(this.#timer)
    this.#abort.abort()
    this.channel.stop()
    this.#player?.close()
    const socket = this.#socket
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null
      socket.close()
    }
  }

  async counters(now: number): Promise<Counters | undefined> {
    if (!this.#player || !this.#codec) return undefined
    return {
      at: now,
      bytes: this.#bytes,
      packetsLost: 0,
      ...this.#player.counters,
      jitterBufferDelay: 0,
      jitterBufferEmitted: 0,
      framesPerSecond: 0,
      frameWidth: undefined,
      frameHeight: undefined,
      codec: CODEC_NAMES[this.#codec],
      roundTrip: undefined,
    }
  }

  timesOf(frame: PresentedFrame): FrameTimes {
    return this.#player?.timesOf(frame) ?? { rtp: undefined, exact: false, received: undefined }
  }

  shownRtp(video: HTMLVideoElement, presented: number | undefined): number | undefined {
    return this.#player?.shownRtp(video, presented) ?? presented
  }

  #play(by: 'codecs' | 'mse'): Player {
    const handlers = {
      picture: (picture: Parameters<AttemptHandlers['picture']>[0]) => this.#handlers.picture(picture),
      keyframeWanted: () => this.#askForKeyframe(),
      failed: (reason: string) => this.#fail(new WhepError(reason, { kind: 'refused' })),
    }
    return by === 'codecs' ? new CodecsPlayer(handlers) : new MsePlayer(handlers)
  }

  #open(resource: string): void {
    const address = new URL(`${resource.replace(/\/$/, '')}/socket`)
    address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:'
    const socket = new WebSocket(address, SOCKET_PROTOCOL)
    socket.binaryType = 'arraybuffer'
    socket.onopen = () => {
      clearTimeout(this.#timer)
      this.channel.opened()
      this.#handlers.live()
    }
    socket.onmessage = ({ data }: MessageEvent<unknown>) => this.#receive(data)
    socket.onclose = () => this.#fail(new WhepError('The server closed the connection', { kind: 'absent' }))
    this.#socket = socket
    clearTimeout(this.#timer)
    this.#timer = setTimeout(
      () => this.#fail(new WhepError('The server opens no WebSocket', { kind: 'refused' })),
      ANSWER_TIMEOUT_MS,
    )
  }

  #receive(data: unknown): void {
    if (typeof data === 'string') {
      const message = this.channel.receive(data)
      if (message?.t === 'meta' || message?.t === 'again') this.#handlers.note(data)
      return
    }
    if (!(data instanceof ArrayBuffer)) return
    this.channel.heard()
    const frame = readFrame(data, performance.now())
    if (!frame) return
    this.channel.send({ t: 'got', frame: frame.number })
    this.#bytes += frame.data.length
    this.#codec = frame.codec
    if (frame.keyframe) this.#asked = Number.NEGATIVE_INFINITY
    // What was asked for got lost, or the server could not at that moment.
    else if (frame.received - this.#asked > ASK_AGAIN_MS && this.#asked > 0) this.#askForKeyframe()
    this.#player?.push(frame)
  }

  #askForKeyframe(): void {
    this.#asked = performance.now()
    this.channel.send({ t: 'keyframe' })
  }

  #fail(error: WhepError): void {
    if (this.#over) return
    this.#release()
    this.#over = true
    // Told first: closing ends the picture, and whoever shows it may want to keep the last one.
    this.#handlers.lost(error)
    this.close()
  }

  #release(): void {
    if (this.#resource) endSession(this.#resource, this.#options.endpoint, this.#options.token)
    this.#resource = undefined
  }
}

function unexpected(cause: unknown): WhepError {
  const message = cause instanceof Error ? cause.message : String(cause)
  return new WhepError(`The connection could not be set up: ${message}`, { kind: 'refused', cause })
}
