import { randomInt } from 'node:crypto'
import type { ServerMessage } from '../common/channel-protocol.js'
import { monotonicNow } from '../common/clock.js'
import type { VideoCodec } from '../common/codec.js'
import type { ViewerStats } from '../common/viewer-stats.js'
import { ticksToRtp, toTicks } from '../rtp/clock.js'
import type { PacketizedFrame } from '../rtp/index.js'
import { IntakeMeter } from '../transport/intake-meter.js'
import { Conversation } from './conversation.js'
import { CHANNEL_OPTIONS } from './limits.js'
import type { MessagePipe } from './message-pipe.js'
import { NoteBudget } from './note-budget.js'
import { frameHeader } from './socket-frame.js'
import { readSocketMessage } from './socket-message.js'
import { SocketSender } from './socket-sender.js'
import type { ViewerEvents, ViewerSettings } from './viewer.js'
import type { Demand, EngineViewer, WatcherIdentity } from './watcher.js'

/** Beside what it says: acknowledgements of 120 frames a second, and what each of them has at most. */
const ACKNOWLEDGEMENTS = { messages: 150, bytes: 150 * 32 }
/** So much may wait for the viewer to take it, bytes; what is more is not said. */
const MAX_TEXT_BACKLOG = 64 * 1024

/** One viewer that UDP does not reach: whole encoded frames, and all that is said beside them, over one pipe. */
export class SocketViewer implements EngineViewer {
  readonly #sender: SocketSender
  readonly #rtpOffset = randomInt(2 ** 32)
  readonly #conversation: Conversation
  readonly #noteBudget = new NoteBudget()
  #intake: IntakeMeter
  #attachTimer: NodeJS.Timeout | undefined
  #pipe: MessagePipe | undefined
  #closed = false
  #scale: number | undefined
  #lastTime = Number.NEGATIVE_INFINITY
  /** Texts since the last frame, bytes: they are on the same way. */
  #textBytes = 0

  constructor(
    readonly identity: WatcherIdentity,
    readonly codec: VideoCodec,
    private readonly settings: ViewerSettings,
    private readonly events: ViewerEvents,
  ) {
    this.#conversation = new Conversation(
      identity,
      this.#rtpOffset,
      {
        sendText: (text) => this.#sendText(text, text.length),
        sendNote: (text, bytes) => this.#sendNote(text, bytes),
      },
      (message) => events.onMessage(message),
    )
    this.#sender = new SocketSender({
      rates: settings.rates,
      buffered: () => this.#pipe?.buffered ?? 0,
      onKeyframeNeeded: () => events.onKeyframeNeeded(),
      onRate: () => events.onRate(),
    })
    this.#intake = this.#newIntake()
    const { handshakeTime } = settings.limits
    this.#attachTimer = setTimeout(
      () => this.#end(`no WebSocket within ${handshakeTime / 1_000} s`),
      handshakeTime,
    )
    this.#attachTimer.unref()
  }

  /** Its pipe may come. */
  get awaitsPipe(): boolean {
    return !this.#pipe && !this.#closed
  }

  /** Frames go there from now on; once, while `awaitsPipe`. */
  attach(pipe: MessagePipe): void {
    clearTimeout(this.#attachTimer)
    this.#pipe = pipe
    pipe.listen({
      onMessage: (text, size) => this.#guard(() => this.#read(text, size)),
      onClose: (reason) => this.#guard(() => this.#end(reason)),
    })
    this.#conversation.open()
    this.#conversation.openNotes(monotonicNow())
    this.events.onChannelOpen()
    this.events.onOpen()
  }

  get isOpen(): boolean {
    return this.#pipe !== undefined && !this.#closed
  }

  get waitsForKeyframe(): boolean {
    return this.#sender.waitsForKeyframe
  }

  get backlog(): number {
    return this.#sender.backlog(monotonicNow())
  }

  demand(now: number): Demand {
    return this.#sender.demand(now)
  }

  setMaxRate(rate: number): void {
    this.#sender.setMaxRate(rate)
  }

  /** Sends a frame, or drops it until the next keyframe if this viewer is too slow. */
  sendFrame(frame: PacketizedFrame): void {
    if (!this.#pipe || this.#closed) return
    this.#conversation.tellSize(frame.width, frame.height)
    if (this.#scale === undefined) this.#sender.countJoin()
    else if (this.#scale !== frame.scale) this.#sender.countRungChange()
    this.#scale = frame.scale
    const now = monotonicNow()
    if (!this.#sender.admits(frame, now)) return
    // As over RTP: two frames of one time would be taken for one.
    const time = Math.max(this.#lastTime + 1, toTicks(frame.captureTime))
    this.#lastTime = time
    this.#conversation.tellOf(frame.metadata, time, now)
    const header = frameHeader(frame, this.#sender.nextNumber, ticksToRtp(time, this.#rtpOffset))
    this.#pipe.sendBytes(header, frame.data)
    this.#sender.sent(frame, header.byteLength + frame.data.byteLength + this.#textBytes, now)
    this.#textBytes = 0
  }

  pace(now: number): void {
    if (this.isOpen) this.#sender.tick(now)
  }

  /** Once a second. Whether the other end is alive is for the pipe to find out. */
  tick(now: number): void {
    if (!this.isOpen) return
    const timing = this.#sender.timing(now)
    if (timing) this.tell({ t: 'timing', ...timing })
  }

  greet(canControl: boolean): void {
    this.#conversation.greet(canControl)
  }

  tell(message: ServerMessage): boolean {
    return this.#conversation.tell(message)
  }

  /** Its input is not listened to any more, nor is it told anything but its pictures. */
  closeChannel(): void {
    this.tell({ t: 'rights', control: false })
    if (this.#conversation.close()) this.events.onChannelClosed()
  }

  stats(now: number): ViewerStats {
    return {
      transport: 'websocket',
      codec: this.codec,
      scale: this.#scale,
      ...this.#sender.stats(now),
      ignoredMessages: this.#conversation.ignored,
    }
  }

  close(reason?: string, retry = false): void {
    if (this.#closed) return
    if (reason !== undefined) this.tell({ t: 'bye', reason, retry })
    this.#closed = true
    clearTimeout(this.#attachTimer)
    this.#conversation.close()
    this.#pipe?.close(reason ?? 'the session has ended')
  }

  #end(reason: string): void {
    if (this.#closed) return
    this.close()
    this.events.onClose(reason)
  }

  #read(text: string | undefined, size: number): void {
    if (this.#closed) return
    const limit = this.#intake.check(size, monotonicNow())
    if (limit) {
      this.events.onLimit(CHANNEL_OPTIONS[limit], this.settings.limits.channel[limit])
      this.#tooMuch()
      return
    }
    const message = text === undefined ? undefined : readSocketMessage(text)
    if (!message) this.#conversation.read(text)
    else if (message.t === 'keyframe') this.#sender.keyframeAsked(monotonicNow())
    else if (!this.#sender.arrived(message.frame, monotonicNow())) this.#conversation.countIgnored()
  }

  /** As over a data channel it costs the viewer what it says, not what it sees; once. */
  #tooMuch(): void {
    if (!this.#conversation.isOpen) this.#end('the viewer sent too much')
    this.#intake = this.#newIntake()
    this.closeChannel()
  }

  #newIntake(): IntakeMeter {
    const { messages, bytes, messageBytes } = this.settings.limits.channel
    return new IntakeMeter({
      messages: messages + ACKNOWLEDGEMENTS.messages,
      bytes: bytes + ACKNOWLEDGEMENTS.bytes,
      messageBytes,
    })
  }

  #sendText(text: string, bytes: number): boolean {
    if (!this.#pipe || this.#closed || this.#pipe.buffered > MAX_TEXT_BACKLOG) return false
    this.#pipe.sendText(text)
    this.#textBytes += bytes
    return true
  }

  #sendNote(text: string, bytes: number): boolean {
    const now = monotonicNow()
    return this.#noteBudget.allow(bytes, this.#sender.mediaRate(now), now) && this.#sendText(text, bytes)
  }

  #guard(action: () => void): void {
    try {
      action()
    } catch (error) {
      this.events.onError(error)
    }
  }
}
