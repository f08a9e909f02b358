import { monotonicNow } from '../common/clock.js'
import type { VideoCodec } from '../common/codec.js'
import type { EncodedFrame } from '../encode/index.js'
import { COALESCE_MS } from '../encode/keyframes.js'
import { type PacketizedFrame, Packetizer } from '../rtp/index.js'
import type { TrackMemory, TrackSettings } from '../track/index.js'
import { TrackControl, Word } from '../track/index.js'
import type { TrackInfo } from './api.js'
import { TrackFeed } from './feed.js'
import type { SnapshotFormat } from './snapshots.js'
import type { Viewer } from './viewer.js'

/** What is sent of one track with one codec. */
interface Outlet {
  readonly packetizer: Packetizer
  readonly viewers: Set<Viewer>
  /** All frames since the last keyframe, while that is recent; else empty. */
  chain: PacketizedFrame[]
  chainStart: number
}

/** A track in the engine: its feed, and the viewers that what it encodes goes to. */
export class EngineTrack {
  readonly #feed: TrackFeed
  readonly #control: TrackControl
  readonly #outlets = new Map<VideoCodec, Outlet>()
  #viewers = 0

  constructor(
    readonly name: string,
    memory: TrackMemory,
    readonly settings: TrackSettings,
    onError: (error: Error) => void,
  ) {
    this.#control = new TrackControl(memory)
    this.#feed = new TrackFeed(memory, settings, { onFrame: (frame) => this.#send(frame), onError })
  }

  info(): TrackInfo {
    const size = this.#feed.size
    return {
      name: this.name,
      ...size,
      viewers: this.#viewers,
      fps: this.#feed.fps,
      pushed: this.#feed.pushed,
    }
  }

  /** Media can flow to a viewer: it gets a picture at once, the last one if no new one comes. */
  addViewer(viewer: Viewer): void {
    const { codec } = viewer
    let outlet = this.#outlets.get(codec)
    if (!outlet) {
      outlet = { packetizer: new Packetizer(codec), viewers: new Set(), chain: [], chainStart: 0 }
      this.#outlets.set(codec, outlet)
    }
    outlet.viewers.add(viewer)
    this.#feed.watch(codec)
    // The last keyframe is so young that another one would not be made yet: this viewer gets it, and
    // what followed, instead of waiting.
    if (monotonicNow() - outlet.chainStart < COALESCE_MS)
      for (const frame of outlet.chain) viewer.sendFrame(frame)
    if (viewer.waitsForKeyframe) this.#feed.requestKeyframe(codec)
  }

  removeViewer(viewer: Viewer): void {
    const outlet = this.#outlets.get(viewer.codec)
    if (!outlet?.viewers.delete(viewer)) return
    if (outlet.viewers.size === 0) this.#outlets.delete(viewer.codec)
    this.#feed.unwatch(viewer.codec)
  }

  /** Counts the sessions of this track, connected or on their way. */
  countViewers(by: 1 | -1): void {
    this.#viewers += by
    this.#control.store(Word.Viewers, this.#viewers)
  }

  requestKeyframe(codec: VideoCodec): void {
    this.#feed.requestKeyframe(codec)
  }

  snapshot(format: SnapshotFormat): Promise<Uint8Array | undefined> {
    return this.#feed.snapshot(format)
  }

  /** Resolves when nothing of it runs any more. */
  close(): Promise<void> {
    return this.#feed.close()
  }

  #send(encoded: EncodedFrame): void {
    const outlet = this.#outlets.get(encoded.codec)
    if (!outlet) return
    const frame = outlet.packetizer.packetize(encoded)
    const now = monotonicNow()
    if (frame.keyframe) {
      outlet.chain = []
      outlet.chainStart = now
    }
    if (now - outlet.chainStart < COALESCE_MS) outlet.chain.push(frame)
    else outlet.chain = []
    for (const viewer of outlet.viewers) viewer.sendFrame(frame)
  }
}
