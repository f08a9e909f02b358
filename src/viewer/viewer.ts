import type { ServerMessage, ViewerMessage } from '../common/channel-protocol.js'
import type { Attempt, Picture } from './attempt.js'
import type { Connection } from './connection.js'
import { Events } from './events.js'
import { FrameMeter, type FrameSource } from './frame-meter.js'
import { FrozenPicture } from './frozen-picture.js'
import { openAttempt } from './open-attempt.js'
import { listenToPage } from './page-events.js'
import type { Size } from './placement.js'
import type { PresentedFrame } from './presented-frame.js'
import { Backoff } from './reconnect.js'
import { Route } from './route.js'
import { pictureReady, Screen } from './screen.js'
import { canReceive, hasWebRtc } from './session.js'
import { type Counters, compareCounters } from './stats.js'
import type { ViewerTransport } from './transport.js'
import type { MetadataEvent, ViewerCodec, ViewerEvents, ViewerOptions, ViewerState } from './viewer-types.js'
import { WhepError } from './whep.js'

const STATS_INTERVAL_MS = 1_000
/** A connection that held this long was a success: the next failure starts the backoff anew, ms. */
const HELD_MS = 5_000

/** Watches one track of a pixelcast server (or any WHEP endpoint), and comes back when it is lost. */
export class Viewer extends Events<ViewerEvents> {
  /** Absolute address of the WHEP endpoint. */
  readonly url: string
  readonly #options: ViewerOptions
  readonly #codecs: readonly ViewerCodec[] | undefined
  readonly #backoff = new Backoff()
  readonly #screen: Screen
  readonly #source: FrameSource
  #route: Route | undefined
  #meter: FrameMeter | undefined
  /** RTP time of the frame on the screen, and what was said about it. */
  #shownRtp: number | undefined
  #metadata: MetadataEvent | undefined
  #removePageListeners: (() => void) | undefined
  #state: ViewerState = 'closed'
  #reason: string | undefined
  #size: Size | undefined
  #control = false
  #frozen: FrozenPicture | undefined
  #wasLive = false
  #liveSince = 0
  #retry: ReturnType<typeof setTimeout> | undefined
  /** The server itself said when to come back: no event of the page overrides that. */
  #mayHurry = true
  #statsTimer: ReturnType<typeof setInterval> | undefined
  #counters: Counters | undefined

  /**
   * @param url WHEP endpoint, absolute or relative to the page: `/whep/detections`
   * @throws TypeError when `url` is none
   */
  constructor(url: string | URL, options: ViewerOptions = {}) {
    super()
    const endpoint = new URL(url, document.baseURI)
    if (options.watchOnly) endpoint.searchParams.set('control', 'off')
    this.url = endpoint.href
    this.#options = options
    this.#codecs = typeof options.codec === 'string' ? [options.codec] : options.codec
    this.#screen = new Screen(options.video)
    const viewer = this
    this.#source = {
      get attempt() {
        return viewer.#attempt
      },
      get rtpOffset() {
        return viewer.#connection?.rtpOffset
      },
    }
  }

  /** The video, for a `<video>` of your own. The same object across reconnections. */
  get stream(): MediaStream {
    return this.#screen.stream
  }

  /** What carries the stream; undefined while not connected. */
  get transport(): ViewerTransport | undefined {
    return this.#connection?.transport
  }

  /** How far it is; `closed` before `connect()`. */
  get state(): ViewerState {
    return this.#state
  }

  /** Why the state is what it is, for people. */
  get reason(): string | undefined {
    return this.#reason
  }

  /** Size of the source image in pixels; undefined until known. H.264 may decode to one pixel more. */
  get size(): Size | undefined {
    return this.#size
  }

  /** What the application said about the frame on the screen; undefined: nothing, or it is not known (yet). */
  get metadata(): unknown {
    return this.#metadata?.data
  }

  /** Whether the server listens to this viewer's input at this moment. */
  get control(): boolean {
    return this.#control
  }

  /** Whether what was sent piles up: a pointer's moves can then be left out. */
  get busy(): boolean {
    return this.#attempt?.channel.busy ?? false
  }

  /** Sends the server a message; false when it cannot be sent now, and it is not sent later. */
  send(message: ViewerMessage): boolean {
    return this.#attempt?.channel.send(message) ?? false
  }

  /** Connects, and goes on trying until `close()`. Does nothing when already under way. */
  connect(): void {
    if (this.#removePageListeners) return
    this.#wasLive = false
    this.#backoff.reset()
    const { video, transport = 'auto' } = this.#options
    const canPlay = hasWebRtc() && (!this.#codecs || canReceive(this.#codecs))
    if (!canPlay && transport === 'webrtc') {
      this.#setState('failed', `This browser cannot play ${this.#codecs?.join(' or ') ?? 'the stream'}`)
      return
    }
    if (video) this.#meter = new FrameMeter(video, this.#source, (frame) => this.#show(frame))
    this.#removePageListeners = this.#listenToPage()
    const { token } = this.#options
    const settings = { endpoint: this.url, token, codecs: this.#codecs }
    const route = new Route(
      {
        transport,
        hasWebRtc: canPlay,
        open: (wanted, handlers) =>
          openAttempt(wanted, { ...settings, iceServers: route.iceServers }, handlers),
        ready: pictureReady,
      },
      {
        shown: (connection) => this.#live(connection),
        picture: (_, picture) => this.#adopt(picture),
        message: (connection, message) => this.#receive(connection, message),
        note: () => this.#catchUp(),
        unheard: () => this.#setControl(false),
        interrupted: (reason) => this.#pause(reason),
        lost: (error) => this.#lost(error),
      },
    )
    this.#route = route
    this.#start()
  }

  /** Ends the session. `connect()` may be called again. */
  close(): void {
    this.#end('closed')
  }

  get #connection(): Connection | undefined {
    return this.#route?.shown
  }

  get #attempt(): Attempt | undefined {
    return this.#connection?.attempt
  }

  #start(): void {
    clearTimeout(this.#retry)
    this.#retry = undefined
    if (!this.#wasLive) this.#setState('connecting', this.#reason)
    this.#route?.start()
  }

  #adopt(picture: Picture): void {
    const track = this.#screen.show(picture)
    if (track) this.emit('track', track)
  }

  #live({ transport, control }: Connection): void {
    this.#wasLive = true
    this.#liveSince = performance.now()
    this.#counters = this.#shownRtp = undefined
    this.#frozen = new FrozenPicture(this.#liveSince)
    this.#meter?.restart()
    this.emit('transport', transport)
    this.#setState('live', undefined)
    this.#setControl(control)
    clearInterval(this.#statsTimer)
    this.#statsTimer = setInterval(() => void this.#measure(), STATS_INTERVAL_MS)
    void this.#measure()
  }

  #receive({ control, attempt }: Connection, message: ServerMessage): void {
    if (message.t === 'hello') {
      this.#setControl(control)
      this.#catchUp()
    } else if (message.t === 'rights') this.#setControl(control)
    else if (message.t === 'image') this.#setSize(message)
    this.emit('message', message)
    if (message.t !== 'bye') return
    if (message.retry) this.#lost(new WhepError(message.reason, { kind: 'absent' }))
    else this.#end('closed', message.reason)
    attempt.close()
  }

  #setSize({ width, height }: Size): void {
    if (this.#size?.width === width && this.#size.height === height) return
    this.#size = { width, height }
    this.emit('size', this.#size)
  }

  #setControl(control: boolean): void {
    if (control === this.#control) return
    this.#control = control
    this.emit('rights', control)
  }

  /** Another frame is on the screen. */
  #show(frame: PresentedFrame): void {
    const { video } = this.#options
    const connection = this.#connection
    const times = connection?.attempt.timesOf(frame)
    const told = times?.exact ? times.rtp : undefined
    const rtp =
      !connection || connection.notes.isEmpty || !video ? told : connection.attempt.shownRtp(video, told)
    const isAnother = rtp === undefined || rtp !== this.#shownRtp
    if (isAnother) {
      this.#shownRtp = rtp
      this.#metadata = this.#findMetadata()
    }
    this.emit('frame', undefined)
    if (isAnother && this.#metadata) this.emit('metadata', this.#metadata)
  }

  /** Metadata came, perhaps late: of the frame that is on the screen by now. */
  #catchUp(): void {
    const { video } = this.#options
    // What comes for a frame that has just been replaced is too late: the next one has its turn soon.
    const isThere =
      !this.#metadata && video && this.#attempt?.shownRtp(video, this.#shownRtp) === this.#shownRtp
    if (!isThere) return
    this.#metadata = this.#findMetadata()
    if (this.#metadata) this.emit('metadata', this.#metadata)
  }

  #findMetadata(): MetadataEvent | undefined {
    const { rtpOffset } = this.#source
    const rtpTimestamp = this.#shownRtp
    if (rtpOffset === undefined || rtpTimestamp === undefined) return undefined
    const note = this.#connection?.notes.find(rtpTimestamp, rtpOffset)
    return note && { data: note.data, time: note.time / 90, rtpTimestamp }
  }

  #lost(error: WhepError): void {
    if (error.fatal) {
      this.#end('failed', error.message)
      return
    }
    if (this.#state === 'live' && performance.now() - this.#liveSince > HELD_MS) this.#backoff.reset()
    const wait = this.#backoff.next(error.kind, performance.now(), document.hidden)
    this.#mayHurry = error.retryAfter === undefined
    this.#again(error.message, Math.max(wait, error.retryAfter ?? 0))
  }

  #again(reason: string, wait: number): void {
    this.#pause(reason)
    this.#route?.stop()
    clearTimeout(this.#retry)
    this.#retry = setTimeout(() => this.#start(), wait)
  }

  /** Nothing comes for now; the last picture may stay. */
  #pause(reason: string): void {
    clearInterval(this.#statsTimer)
    this.#metadata = this.#shownRtp = undefined
    this.#setControl(false)
    this.#setState(this.#wasLive ? 'reconnecting' : 'connecting', reason)
  }

  #end(state: 'closed' | 'failed', reason?: string): void {
    clearTimeout(this.#retry)
    clearInterval(this.#statsTimer)
    this.#removePageListeners?.()
    this.#removePageListeners = undefined
    this.#meter?.stop()
    this.#meter = undefined
    this.#setControl(false)
    // Told before the picture turns black, as when a connection is lost.
    this.#setState(state, reason)
    this.#route?.stop()
    this.#route = undefined
    this.#screen.end()
  }

  async #measure(): Promise<void> {
    const connection = this.#connection
    const now = performance.now()
    const counters = await connection?.attempt.counters(now)
    if (!connection || connection !== this.#connection) return
    const isExpected = connection.imageSent && !document.hidden
    if (this.#frozen?.check(now, counters?.framesDecoded ?? 0, isExpected)) {
      this.#lost(new WhepError('The picture froze', { kind: 'refused' }))
      return
    }
    if (!counters) return
    const stats = compareCounters(this.#counters, counters, {
      transport: connection.transport,
      size: this.#size,
      fps: this.#meter?.fps(now),
      latency: this.#meter?.latency(now),
      arrival: this.#meter?.arrival(now),
      roundTrip: connection.attempt.channel.clock.roundTrip,
      timing: connection.timing,
    })
    this.#counters = counters
    this.emit('stats', stats)
  }

  #setState(state: ViewerState, reason: string | undefined): void {
    if (state === this.#state && reason === this.#reason) return
    this.#state = state
    this.#reason = reason
    this.emit('state', { state, reason })
  }

  #listenToPage(): () => void {
    const hurry = (): void => {
      if (this.#retry !== undefined && this.#mayHurry && !document.hidden) this.#start()
    }
    return listenToPage({
      visible: hurry,
      network: () => {
        hurry()
        this.#route?.networkChanged()
      },
      // The server learns of a leaving viewer at once; a page that comes out of the back/forward
      // cache begins anew.
      leave: () => this.#route?.stop(),
      comeBack: () => this.#again('The page was away', 0),
    })
  }
}
