import type { ServerMessage, ViewerMessage } from '../common/channel-protocol.js'
import { Events } from './events.js'
import { FrameMeter } from './frame-meter.js'
import { FrameNotes } from './frame-notes.js'
import { FrozenPicture } from './frozen-picture.js'
import type { ServerTiming } from './latency-parts.js'
import { afterPageLoad } from './page-load.js'
import type { Size } from './placement.js'
import { type PresentedFrame, shownRtp } from './presented-frame.js'
import { Backoff } from './reconnect.js'
import { canReceive, Session } from './session.js'
import { type Counters, compareCounters, readCounters } from './stats.js'
import type { MetadataEvent, ViewerCodec, ViewerEvents, ViewerOptions, ViewerState } from './viewer-types.js'
import { WhepError } from './whep.js'

const STATS_INTERVAL_MS = 1_000
/** A connection that held this long was a success: the next failure starts the backoff anew, ms. */
const HELD_MS = 5_000

/** Watches one track of a pixelcast server (or any WHEP endpoint), and comes back when it is lost. */
export class Viewer extends Events<ViewerEvents> {
  /** The video, for a `<video>` of your own. The same object across reconnections. */
  readonly stream = new MediaStream()
  /** Absolute address of the WHEP endpoint. */
  readonly url: string
  readonly #options: ViewerOptions
  readonly #codecs: readonly ViewerCodec[] | undefined
  readonly #backoff = new Backoff()
  readonly #source: { session: Session | undefined; rtpOffset: number | undefined }
  #meter: FrameMeter | undefined
  #notes = new FrameNotes()
  /** RTP time of the frame on the screen, and what was said about it. */
  #shownRtp: number | undefined
  #metadata: MetadataEvent | undefined
  #removePageListeners: (() => void) | undefined
  #state: ViewerState = 'closed'
  #reason: string | undefined
  #size: Size | undefined
  #control = false
  #timing: ServerTiming | undefined
  #frozen: FrozenPicture | undefined
  /** The server has an image and repeats it; another WHEP server says nothing, and has no duty to. */
  #imageSent = false
  #wasLive = false
  #liveSince = 0
  #retry: ReturnType<typeof setTimeout> | undefined
  /** The server itself said when to come back: no event of the page overrides that. */
  #mayHurry = true
  #statsTimer: ReturnType<typeof setInterval> | undefined
  #counters: Counters | undefined
  #iceServers: RTCIceServer[] = []

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
    this.#source = { session: undefined, rtpOffset: undefined }
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
    return this.#source.session?.channel.busy ?? false
  }

  /** Sends the server a message; false when it cannot be sent now, and it is not sent later. */
  send(message: ViewerMessage): boolean {
    return this.#source.session?.channel.send(message) ?? false
  }

  /** Connects, and goes on trying until `close()`. Does nothing when already under way. */
  connect(): void {
    if (this.#removePageListeners) return
    this.#wasLive = false
    this.#backoff.reset()
    if (this.#codecs && !canReceive(this.#codecs)) {
      this.#setState('failed', `This browser cannot play ${this.#codecs.join(' or ')}`)
      return
    }
    const { video } = this.#options
    if (video) this.#meter = new FrameMeter(video, this.#source, (frame) => this.#show(frame))
    this.#removePageListeners = this.#listenToPage()
    this.#attempt()
  }

  /** Ends the session. `connect()` may be called again. */
  close(): void {
    this.#end('closed')
  }

  #attempt(): void {
    clearTimeout(this.#retry)
    this.#retry = undefined
    this.#source.rtpOffset = this.#timing = this.#shownRtp = undefined
    this.#notes = new FrameNotes()
    this.#imageSent = false
    if (!this.#wasLive) this.#setState('connecting', this.#reason)
    const session = new Session(
      {
        endpoint: this.url,
        token: this.#options.token,
        codecs: this.#codecs,
        iceServers: this.#iceServers,
      },
      {
        track: (track) => this.#adopt(track),
        // Asked first without them: where there is a direct path they would only cost time.
        iceServers: (servers) => {
          this.#iceServers = servers
        },
        live: () => this.#live(),
        message: (message) => this.#receive(message),
        unheard: () => {
          this.#timing = undefined
          this.#setControl(false)
        },
        note: (text) => {
          this.#notes.receive(text)
          this.#catchUp()
        },
        lost: (error) => this.#lost(error),
      },
    )
    this.#source.session = session
    void session.start()
  }

  #adopt(track: MediaStreamTrack): void {
    for (const old of this.stream.getTracks()) this.stream.removeTrack(old)
    this.stream.addTrack(track)
    this.emit('track', track)
    afterPageLoad(() => {
      const { video } = this.#options
      if (!video || track.readyState === 'ended' || !this.#removePageListeners) return
      // Set anew, so that the video tells of its first picture (`loadeddata`) each time.
      video.srcObject = null
      video.srcObject = this.stream
      video.play().catch(() => {})
    })
  }

  #live(): void {
    this.#wasLive = true
    this.#liveSince = performance.now()
    this.#counters = undefined
    this.#frozen = new FrozenPicture(this.#liveSince)
    this.#meter?.restart()
    this.#setState('live', undefined)
    clearInterval(this.#statsTimer)
    this.#statsTimer = setInterval(() => void this.#measure(), STATS_INTERVAL_MS)
    void this.#measure()
  }

  #receive(message: ServerMessage): void {
    if (message.t === 'hello') {
      this.#source.rtpOffset = message.rtpOffset
      this.#setControl(message.control)
      this.#catchUp()
    } else if (message.t === 'rights') this.#setControl(message.control)
    else if (message.t === 'timing') this.#timing = message
    else if (message.t === 'image') this.#setSize(message)
    this.emit('message', message)
    if (message.t !== 'bye') return
    const { session } = this.#source
    if (message.retry) this.#lost(new WhepError(message.reason, { kind: 'absent' }))
    else this.#end('closed', message.reason)
    session?.close()
  }

  #setSize({ width, height }: Size): void {
    this.#imageSent = true
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
    const rtp = this.#notes.isEmpty || !video ? frame.rtpTimestamp : shownRtp(video, frame.rtpTimestamp)
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
    const isThere = !this.#metadata && video && shownRtp(video, this.#shownRtp) === this.#shownRtp
    if (!isThere) return
    this.#metadata = this.#findMetadata()
    if (this.#metadata) this.emit('metadata', this.#metadata)
  }

  #findMetadata(): MetadataEvent | undefined {
    const { rtpOffset } = this.#source
    const rtpTimestamp = this.#shownRtp
    if (rtpOffset === undefined || rtpTimestamp === undefined) return undefined
    const note = this.#notes.find(rtpTimestamp, rtpOffset)
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
    clearInterval(this.#statsTimer)
    this.#source.session = undefined
    this.#setControl(false)
    this.#setState(this.#wasLive ? 'reconnecting' : 'connecting', reason)
    clearTimeout(this.#retry)
    this.#retry = setTimeout(() => this.#attempt(), wait)
  }

  #end(state: 'closed' | 'failed', reason?: string): void {
    clearTimeout(this.#retry)
    clearInterval(this.#statsTimer)
    this.#removePageListeners?.()
    this.#removePageListeners = undefined
    this.#meter?.stop()
    this.#meter = undefined
    const { session } = this.#source
    this.#source.session = undefined
    this.#setControl(false)
    // Told before the picture turns black, as when a connection is lost.
    this.#setState(state, reason)
    session?.close()
  }

  async #measure(): Promise<void> {
    const { session } = this.#source
    const report = await session?.getStats()
    if (!session || !report || session !== this.#source.session) return
    const now = performance.now()
    const counters = readCounters(report, now)
    if (this.#frozen?.check(now, counters?.framesDecoded ?? 0, this.#imageSent && !document.hidden)) {
      this.#lost(new WhepError('The picture froze', { kind: 'refused' }))
      session.close()
      return
    }
    if (!counters) return
    const stats = compareCounters(this.#counters, counters, {
      size: this.#size,
      fps: this.#meter?.fps(now),
      latency: this.#meter?.latency(now),
      arrival: this.#meter?.arrival(now),
      roundTrip: session.channel.clock.roundTrip,
      timing: this.#timing,
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
      if (this.#retry !== undefined && this.#mayHurry && !document.hidden) this.#attempt()
    }
    // The server learns of a leaving viewer at once; a page that comes out of the back/forward
    // cache begins anew.
    const leave = (): void => this.#source.session?.close()
    const comeBack = (event: PageTransitionEvent): void => {
      if (event.persisted) this.#again('The page was away', 0)
    }
    addEventListener('online', hurry)
    document.addEventListener('visibilitychange', hurry)
    addEventListener('pagehide', leave)
    addEventListener('pageshow', comeBack)
    return () => {
      removeEventListener('online', hurry)
      document.removeEventListener('visibilitychange', hurry)
      removeEventListener('pagehide', leave)
      removeEventListener('pageshow', comeBack)
    }
  }
}
