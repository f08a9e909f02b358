import { CHANNEL_LABEL, FRAMES_INIT, FRAMES_LABEL } from '../common/channel-protocol.js'
import type { Attempt, AttemptHandlers, FrameTimes } from './attempt.js'
import { Channel } from './channel.js'
import { type PresentedFrame, shownRtp } from './presented-frame.js'
import { type Counters, readCounters } from './stats.js'
import { Trickle } from './trickle.js'
import { endSession, patchSession, postOffer, sessionExists, WhepError } from './whep.js'

/** Beyond this an offer counts as unanswered, ms. */
const ANSWER_TIMEOUT_MS = 10_000
/** A direct path is found within one or two round trips; what takes this long is blocked, ms. */
const PATH_TIMEOUT_MS = 8_000
/** … and this long when there are relays that have not been tried yet. */
const DIRECT_PATH_TIMEOUT_MS = 2_000
/** Most often a firewall, or an SSH tunnel, which carries the page but not the video. */
const NO_PATH = 'The server answers, but no UDP path to it was found'
/** How long to wait for the word whether the session still exists, ms. */
const PROBE_TIMEOUT_MS = 2_000
/** No video for this long, and no answer: nothing comes through, ms. */
const STARVED_MS = 600

/** What may be asked of a session. */
export interface SessionOptions {
  /** Absolute address of the WHEP endpoint. */
  readonly endpoint: string
  readonly token: string | undefined
  /** Codec names in lower case, best first; undefined offers everything. */
  readonly codecs: readonly string[] | undefined
  /** Named by the server in an attempt before this one. */
  readonly iceServers: RTCIceServer[]
}

/** One attempt to watch over WebRTC: one peer connection, from its offer to its end. Never used twice. */
export class Session implements Attempt {
  readonly transport = 'webrtc'
  readonly channel: Channel
  readonly #receiver: RTCRtpReceiver
  readonly #pc: RTCPeerConnection
  readonly #frames: RTCDataChannel
  readonly #options: SessionOptions
  readonly #handlers: AttemptHandlers
  readonly #abort = new AbortController()
  #resource: string | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #probing = false
  #wasLive = false
  #over = false

  constructor(options: SessionOptions, handlers: AttemptHandlers) {
    this.#options = options
    this.#handlers = handlers
    this.#pc = connection(options.iceServers)
    // A transceiver rather than `offerToReceiveVideo`: Safari knows nothing else.
    const transceiver = this.#pc.addTransceiver('video', { direction: 'recvonly' })
    this.#receiver = transceiver.receiver
    preferCodecs(transceiver, options.codecs)
    this.channel = Channel.over(this.#pc.createDataChannel(CHANNEL_LABEL, { ordered: true }), {
      message: (message) => handlers.message(message),
      silence: (state) => (state === 'dead' ? this.#lose('The server fell silent') : void this.#suspect()),
      closed: () => void this.#channelClosed(),
    })
    this.#frames = this.#pc.createDataChannel(FRAMES_LABEL, FRAMES_INIT)
    this.#frames.onmessage = (event: MessageEvent<unknown>) => handlers.note(event.data)
    this.#pc.ontrack = ({ track }) => {
      if (!this.#over) handlers.picture({ track })
    }
    this.#pc.onconnectionstatechange = () => this.#connectionChanged()
  }

  /** Offers and waits for the answer; its outcome comes through the handlers. */
  async start(): Promise<void> {
    const { endpoint, token } = this.#options
    this.#timer = setTimeout(() => this.#abort.abort(), ANSWER_TIMEOUT_MS)
    // With a direct path the server learns this browser's addresses from the checks that arrive (RFC 8445 §7.3.1.3).
    const trickle =
      this.#options.iceServers.length > 0
        ? new Trickle(this.#pc, (fragment) => this.#tellCandidates(fragment))
        : undefined
    try {
      await this.#pc.setLocalDescription()
      const sdp = this.#pc.localDescription?.sdp ?? ''
      const answer = await postOffer(endpoint, sdp, { token, signal: this.#abort.signal })
      clearTimeout(this.#timer)
      this.#resource = answer.session
      this.#handlers.iceServers(answer.iceServers)
      trickle?.start()
      // Closed while the offer was under way: the server has opened a session that nobody will use.
      if (this.#over) return this.#release()
      lowerLatency(this.#receiver)
      const hasUntried = answer.iceServers.length > 0 && this.#options.iceServers.length === 0
      const patience = hasUntried ? DIRECT_PATH_TIMEOUT_MS : PATH_TIMEOUT_MS
      this.#timer = setTimeout(() => this.#noPath(), patience)
      await this.#pc.setRemoteDescription({ type: 'answer', sdp: answer.sdp })
    } catch (error) {
      this.#fail(error instanceof WhepError ? error : unexpected(error))
    }
  }

  async counters(now: number): Promise<Counters | undefined> {
    return readCounters(await this.#pc.getStats(), now)
  }

  timesOf({ rtpTimestamp, receiveTime }: PresentedFrame): FrameTimes {
    const exact = rtpTimestamp !== undefined
    const rtp = rtpTimestamp ?? this.#receiver.getSynchronizationSources()[0]?.rtpTimestamp
    // Without the frame's own RTP time the arrival might be that of another frame.
    return { rtp, exact, received: exact ? receiveTime : undefined }
  }

  shownRtp(video: HTMLVideoElement, presented: number | undefined): number | undefined {
    return shownRtp(video, presented)
  }

  /** Ends the session and tells the server. Safe to call twice, and while the page goes away. */
  close(): void {
    if (!this.#over) this.#release()
    this.#over = true
    clearTimeout(this.#timer)
    this.channel.stop()
    this.#frames.onmessage = null
    this.#pc.ontrack = this.#pc.onconnectionstatechange = null
    this.#pc.close()
  }

  #tellCandidates(fragment: string): void {
    const { endpoint, token } = this.#options
    if (this.#resource) patchSession(this.#resource, endpoint, token, fragment)
  }

  #connectionChanged(): void {
    const state = this.#pc.connectionState
    if (state === 'connected') {
      clearTimeout(this.#timer)
      this.#wasLive = true
      if (!this.#over) this.#handlers.live()
    } else if (state === 'failed' || state === 'closed') {
      if (this.#wasLive) this.#lose('The connection broke')
      else this.#noPath()
    }
  }

  #noPath(): void {
    this.#fail(new WhepError(NO_PATH, { kind: 'refused', noPath: true }))
  }

  /**
   * One ping went unanswered. A server that was restarted says so at once when asked over HTTP; if it has not, and
   * no picture comes either, UDP no longer passes.
   */
  async #suspect(): Promise<void> {
    if (this.#probing) return
    this.#probing = true
    const exists = await this.#exists()
    this.#probing = false
    if (!exists) this.#lose('The server went away', 'absent')
    else if (!this.#over && this.#isStarved()) this.#handlers.quiet()
  }

  #isStarved(): boolean {
    const last = this.#receiver.getSynchronizationSources()[0]?.timestamp
    return last === undefined || performance.timeOrigin + performance.now() - wallTime(last) > STARVED_MS
  }

  /** The server ends the channel alone of a viewer that sends too much, and with all the rest when it ends the session. */
  async #channelClosed(): Promise<void> {
    this.channel.stop()
    const exists = await this.#exists()
    if (this.#over) return
    if (exists) this.#handlers.unheard()
    else this.#lose('The server closed the connection', 'absent')
  }

  /** Whether the server knows the session; one that named no address for it cannot be asked. */
  async #exists(): Promise<boolean> {
    if (!this.#resource) return true
    const { endpoint, token } = this.#options
    return sessionExists(this.#resource, endpoint, token, AbortSignal.timeout(PROBE_TIMEOUT_MS))
  }

  #lose(message: string, kind: 'absent' | 'refused' = 'refused'): void {
    this.#fail(new WhepError(message, { kind }))
  }

  #fail(error: WhepError): void {
    if (this.#over) return
    this.#release()
    this.#over = true
    // Told first: closing turns the picture black, and whoever shows it may want to keep the last one.
    this.#handlers.lost(error)
    this.close()
  }

  #release(): void {
    if (this.#resource) endSession(this.#resource, this.#options.endpoint, this.#options.token)
    this.#resource = undefined
  }
}

/** With the servers that the browser takes: it throws for a single one that it does not like. */
function connection(iceServers: RTCIceServer[]): RTCPeerConnection {
  try {
    return new RTCPeerConnection({ iceServers })
  } catch {
    return new RTCPeerConnection({ iceServers: iceServers.filter(isTaken) })
  }
}

function isTaken(server: RTCIceServer): boolean {
  try {
    new RTCPeerConnection({ iceServers: [server] }).close()
    return true
  } catch {
    return false
  }
}

/** Browsers disagree whether such times count from 1970 or from the page's beginning. */
function wallTime(time: number): number {
  return time < performance.timeOrigin / 2 ? performance.timeOrigin + time : time
}

/** Whether this browser has WebRTC at all: it can be switched off, by a policy for instance. */
export function hasWebRtc(): boolean {
  return typeof RTCPeerConnection === 'function' && typeof RTCRtpReceiver === 'function'
}

/** Whether this browser can receive one of the codecs; also true when it does not tell. */
export function canReceive(codecs: readonly string[]): boolean {
  const capabilities = RTCRtpReceiver.getCapabilities?.('video')
  return !capabilities || capabilities.codecs.some((codec) => codecs.includes(codecName(codec)))
}

/** Leaves only the wanted codecs in the offer, and what repairs losses: RTX, FEC. */
function preferCodecs(transceiver: RTCRtpTransceiver, wanted: readonly string[] | undefined): void {
  const capabilities = RTCRtpReceiver.getCapabilities?.('video')
  if (!wanted || !capabilities) return
  const rank = (codec: RTCRtpCodec): number => wanted.indexOf(codecName(codec))
  const repair = /^(rtx|red|ulpfec|flexfec)/
  const chosen = capabilities.codecs.filter((codec) => rank(codec) >= 0).sort((a, b) => rank(a) - rank(b))
  const helpers = capabilities.codecs.filter((codec) => repair.test(codecName(codec)))
  transceiver.setCodecPreferences?.([...chosen, ...helpers])
}

function codecName(codec: RTCRtpCodec): string {
  return codec.mimeType.replace(/^video\//i, '').toLowerCase()
}

/** Frames are shown when they arrive. `playoutDelayHint` (s) is what Chromium had before 122. */
function lowerLatency(receiver: RTCRtpReceiver): void {
  const tunable: { jitterBufferTarget?: number | null; playoutDelayHint?: number } = receiver
  if ('jitterBufferTarget' in receiver) tunable.jitterBufferTarget = 0
  else if ('playoutDelayHint' in receiver) tunable.playoutDelayHint = 0
}

function unexpected(cause: unknown): WhepError {
  const message = cause instanceof Error ? cause.message : String(cause)
  return new WhepError(`The connection could not be set up: ${message}`, { kind: 'refused', cause })
}
