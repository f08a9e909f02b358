import { monotonicNow } from '../common/clock.js'
import type { VideoCodec } from '../common/codec.js'
import type { LimitError } from '../common/errors.js'
import { EncodeLoad } from '../encode/index.js'
import type { ConnectOptions, Readiness } from './api.js'
import type { EngineTrack } from './engine-track.js'
import { LimitReports } from './limit-reports.js'
import type { EngineLimits } from './limits.js'
import { type Seat, SessionLimiter } from './session-limiter.js'
import { ThreadLoad } from './thread-load.js'

/** Who wants to watch, and what. */
export interface AdmissionRequest extends Pick<ConnectOptions, 'address' | 'holder'> {
  readonly session: string
  readonly track: EngineTrack
  readonly codec: VideoCodec
  /** Its place is needed for another one: it is to be ended now. */
  giveWay(): void
}

/** The limits of an engine, and what they are measured by: its sessions have a seat each, from their offer to their end. */
export class Admission {
  /** To be told of what is converted and encoded. */
  readonly encodeLoad = new EncodeLoad()
  readonly #threadLoad = new ThreadLoad()
  readonly #seats = new Map<string, Seat>()
  readonly #reports: LimitReports
  readonly #limiter: SessionLimiter

  constructor(
    private readonly limits: EngineLimits,
    onLimit: (error: LimitError) => void,
  ) {
    this.#reports = new LimitReports(onLimit)
    this.#limiter = new SessionLimiter(
      limits,
      { encode: (now) => this.encodeLoad.share(now), send: () => this.#threadLoad.share },
      (limit, value, now) => this.#reports.add(limit, value, now),
    )
  }

  /** Takes a seat for a session. Throws `SignalingError` (429, 503) when there is none for it. */
  enter({ session, track, codec, ...who }: AdmissionRequest): void {
    const now = monotonicNow()
    const encoder = {
      name: `${track.name}/${codec}`,
      isRunning: track.isWatched(codec),
      share: this.encodeLoad.expected(track.pixelRate, now),
    }
    this.#seats.set(session, this.#limiter.admit({ ...who, encoder }, now))
  }

  /** Media can flow to a session. */
  connected(session: string): void {
    this.#seats.get(session)?.connected(monotonicNow())
  }

  /** Whether there is a place for somebody, whoever it is and whatever it wants to watch. */
  readiness(): Readiness {
    const { sessions, sendLoad } = this.limits
    if (this.#seats.size >= sessions) return { status: 'full', detail: `all ${sessions} places are taken` }
    if (sendLoad < 1 && this.#threadLoad.share > sendLoad)
      return { status: 'overloaded', detail: `the engine is busy for more than ${sendLoad} of the time` }
    return { status: 'ready' }
  }

  /** A session is over, or did not come about. Idempotent. */
  leave(session: string): void {
    this.#seats.get(session)?.release()
    this.#seats.delete(session)
  }

  /** A limit was reached by somebody who is there already. */
  reached(limit: string, value: number): void {
    this.#reports.add(limit, value, monotonicNow())
  }

  /** To be called once a second. */
  tick(now: number): void {
    this.#threadLoad.tick()
    this.#limiter.tick(now)
    this.#reports.tick(now)
  }
}
