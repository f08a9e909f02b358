import { randomInt } from 'node:crypto'
import { monotonicNow } from '../common/clock.js'
import { EngineError, show } from '../common/errors.js'
import { SCALES } from '../encode/index.js'
import type { StreamIdentity, UpstreamApi, UpstreamEvents, UpstreamSettings } from './api.js'
import type { EngineTrack } from './engine-track.js'
import { randomToken } from './random-token.js'
import { Upstream } from './upstream.js'

/** Says what the packets of a publication are known by, from its first connection to its last. */
export function newStreamIdentity(track: string): StreamIdentity {
  const ssrcs = new Set<number>()
  while (ssrcs.size < 2 * SCALES.length) ssrcs.add(randomInt(1, 2 ** 32))
  const numbers = [...ssrcs]
  return {
    sources: SCALES.map((_, index) => ({ ssrc: numbers[2 * index]!, rtxSsrc: numbers[2 * index + 1]! })),
    clockOffset: randomInt(2 ** 32),
    cname: randomToken(),
    streamId: 'pixelcast',
    // A token of SDP, whatever the track is called.
    trackId: `${track.replace(/[^A-Za-z0-9_-]/g, '-').slice(0, 40)}-${randomToken().slice(0, 8)}`,
  }
}

/** The connections to other engines, of all tracks. */
export class Upstreams {
  readonly #open = new Map<Upstream, EngineTrack>()
  #count = 0

  /** @param track undefined: there is none of this name */
  open(
    name: string,
    track: EngineTrack | undefined,
    source: StreamIdentity,
    settings: UpstreamSettings,
    events: UpstreamEvents,
  ): UpstreamApi {
    if (!track) throw new EngineError(`there is no track ${show(name)}`)
    const id = `upstream-${++this.#count}`
    const { minBitrate, startBitrate } = track.settings
    const upstream: Upstream = new Upstream(
      { id, session: id, track: name },
      source,
      settings,
      { min: minBitrate, start: startBitrate },
      {
        get size() {
          return track.typicalSize
        },
        get maxBitrate() {
          return track.maxBitrate
        },
        get contentHint() {
          return track.settings.contentHint
        },
        bitsPerPixel: (codec) => track.bitsPerPixel(codec),
        slowestOn: (codec, scale) => track.slowestOn(codec, scale),
        join: (rung) => track.addViewer(rung),
        leave: (rung) => track.removeViewer(rung),
        requestKeyframe: (rung) => track.requestKeyframe(rung),
        planSoon: () => track.planSoon(),
      },
      {
        onOpen: () => events.onOpen(),
        onClose: (reason) => {
          this.#open.delete(upstream)
          events.onClose(reason)
        },
        onError: (error) => events.onError(error),
      },
    )
    this.#open.set(upstream, track)
    return {
      offer: () => upstream.offer(),
      accept: (answer) => upstream.accept(answer),
      get fragment() {
        return upstream.fragment
      },
      get rungs() {
        return upstream.rungs
      },
      stats: () => upstream.stats(monotonicNow()),
      close: () => {
        upstream.close()
        this.#open.delete(upstream)
      },
    }
  }

  /** Once a second. */
  tick(now: number, onError: (error: unknown) => void): void {
    for (const upstream of [...this.#open.keys()]) {
      try {
        upstream.tick(now)
      } catch (error) {
        onError(error)
      }
    }
  }

  /** Ends those of a track, or all. Whoever opened them is not told. */
  close(of?: EngineTrack): void {
    for (const [upstream, track] of [...this.#open]) {
      if (of && track !== of) continue
      upstream.close()
      this.#open.delete(upstream)
    }
  }
}
