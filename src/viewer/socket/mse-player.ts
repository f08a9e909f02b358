import type { FrameTimes } from '../attempt.js'
import type { PresentedFrame } from '../presented-frame.js'
import type { SocketFrame } from './frame.js'
import { describeH264, lengthPrefixed, nalUnits } from './h264.js'
import { LiveEdge } from './live-edge.js'
import { MediaClock, TICKS_PER_S } from './media-clock.js'
import { MediaPace } from './media-pace.js'
import { mp4Fragment, mp4Header } from './mp4.js'
import type { Player, PlayerCounters, PlayerHandlers } from './player.js'
import { frameWithin } from './shown-frame.js'
import { vp8Size } from './vp8.js'
import { webmCluster, webmHeader } from './webm.js'

/** Kept behind what is shown, s; more is removed. */
const KEEP_S = 3
const TRIM_ABOVE_S = 8
/** More than this not yet appended: the browser does not keep up, bytes. */
const MOST_PENDING = 8 * 1024 * 1024

type Bytes = Uint8Array<ArrayBuffer>

/** Shows encoded frames by Media Source Extensions: where there is no WebCodecs. */
export class MsePlayer implements Player {
  readonly counters: PlayerCounters = { framesDecoded: 0, framesDropped: 0, decodeTime: 0 }
  readonly #handlers: PlayerHandlers
  readonly #clock = new MediaClock()
  readonly #pace = new MediaPace()
  readonly #source = new MediaSource()
  readonly #url = URL.createObjectURL(this.#source)
  #buffer: SourceBuffer | undefined
  #video: HTMLVideoElement | undefined
  #edge: LiveEdge | undefined
  #type = ''
  /** Type of what is pending, when it is another one. */
  #nextType: string | undefined
  #header: Bytes | undefined
  #pending: Bytes[] = []
  #sequence = 0
  #waitsForKeyframe = true
  #closed = false

  constructor(handlers: PlayerHandlers) {
    this.#handlers = handlers
    this.#source.onsourceopen = () => this.#pump()
    handlers.picture({ attach: (video) => this.#attach(video) })
  }

  push(frame: SocketFrame): void {
    if (this.#closed) return
    if (frame.keyframe) this.#begin(frame)
    if (this.#waitsForKeyframe) {
      this.counters.framesDropped++
      return
    }
    const { at, duration: hold } = this.#pace.next(frame.received)
    this.#clock.put(frame, at)
    this.#pending.push(
      frame.codec === 'h264'
        ? mp4Fragment(++this.#sequence, at, hold, frame.keyframe, lengthPrefixed(nalUnits(frame.data)))
        : webmCluster(at, hold, frame.keyframe, frame.data),
    )
    this.#edge?.arrived(at / TICKS_PER_S)
    this.#pump()
    this.#count()
  }

  timesOf(frame: PresentedFrame): FrameTimes {
    const found = this.#clock.find(frame.mediaTime)
    return { rtp: found?.rtp, exact: true, received: found?.received }
  }

  shownRtp(video: HTMLVideoElement, presented: number | undefined): number | undefined {
    return frameWithin(video, this.#clock)?.rtp ?? presented
  }

  close(): void {
    this.#closed = true
    this.#edge?.stop()
    this.#pending = []
    this.#source.onsourceopen = null
    if (this.#buffer) this.#buffer.onupdateend = this.#buffer.onerror = null
    if (this.#video) this.#video.removeEventListener('error', this.#broken)
    URL.revokeObjectURL(this.#url)
  }

  #attach(video: HTMLVideoElement): void {
    this.#video = video
    video.addEventListener('error', this.#broken)
    video.srcObject = null
    video.src = this.#url
    this.#edge = new LiveEdge(video)
  }

  readonly #broken = (): void => {
    if (!this.#closed && this.#video?.src === this.#url)
      this.#handlers.failed('The browser cannot decode the video')
  }

  /** A keyframe: what is pending before it need not be decoded; a header when the stream is another one. */
  #begin(frame: SocketFrame): void {
    let header: Bytes | undefined
    let type: string
    if (frame.codec === 'h264') {
      const stream = describeH264(nalUnits(frame.data))
      if (!stream) return
      type = `video/mp4; codecs="${stream.codec}"`
      header = mp4Header(stream)
    } else {
      const size = vp8Size(frame.data)
      if (!size) return
      type = 'video/webm; codecs="vp8"'
      header = webmHeader(size)
    }
    if (type !== (this.#nextType ?? this.#type)) this.#nextType = type
    if (!this.#header || !same(header, this.#header)) {
      this.#header = header
      this.#pending.push(header)
    }
    this.#waitsForKeyframe = false
  }

  #pump(): void {
    if (this.#closed || this.#source.readyState !== 'open' || this.#pending.length === 0) return
    try {
      if (!this.#buffer) this.#open()
      const buffer = this.#buffer
      if (!buffer || buffer.updating) {
        this.#limit()
        return
      }
      if (this.#nextType) {
        // Everything that is pending is of the new type: the browser had taken all before it, or it is dropped.
        buffer.changeType(this.#nextType)
        this.#type = this.#nextType
        this.#nextType = undefined
      }
      buffer.appendBuffer(joined(this.#pending))
      this.#pending = []
    } catch (error) {
      this.#handlers.failed(
        `The browser does not take the video: ${error instanceof Error ? error.message : error}`,
      )
    }
  }

  #open(): void {
    const type = this.#nextType ?? this.#type
    this.#source.duration = Number.POSITIVE_INFINITY
    const buffer = this.#source.addSourceBuffer(type)
    this.#type = type
    this.#nextType = undefined
    buffer.onupdateend = () => {
      this.#edge?.hold()
      if (!this.#trim(buffer)) this.#pump()
    }
    buffer.onerror = () => this.#broken()
    this.#buffer = buffer
  }

  /** Removes what was shown long ago; whether it has begun to. */
  #trim(buffer: SourceBuffer): boolean {
    const now = this.#video?.currentTime ?? 0
    if (buffer.updating || buffer.buffered.length === 0 || now - buffer.buffered.start(0) < TRIM_ABOVE_S)
      return false
    buffer.remove(0, now - KEEP_S)
    return true
  }

  #limit(): void {
    if (this.#pending.reduce((sum, part) => sum + part.length, 0) < MOST_PENDING) return
    this.counters.framesDropped += this.#pending.length
    this.#pending = []
    this.#header = undefined
    this.#waitsForKeyframe = true
    this.#handlers.keyframeWanted()
  }

  #count(): void {
    const quality = this.#video?.getVideoPlaybackQuality?.()
    if (!quality) return
    this.counters.framesDecoded = quality.totalVideoFrames
    this.counters.framesDropped = Math.max(this.counters.framesDropped, quality.droppedVideoFrames)
  }
}

function same(one: Bytes, other: Bytes): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index])
}

function joined(parts: readonly Bytes[]): Bytes {
  const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    result.set(part, at)
    at += part.length
  }
  return result
}
