import { addressGroup, isLoopbackAddress } from '../common/address-group.js'
import { SignalingError } from '../common/errors.js'
import { TokenBucket } from '../common/token-bucket.js'
import type { AddressLimits, EngineLimits } from './limits.js'

/** What may be opened at once, in seconds of what may be opened a second. */
const BURST = 5
/** Who has not connected by then gives its place up when another one needs it, ms: a browser takes tenths of a second, over TURN seconds. */
const FAIR_TIME = 3_000
/** When an encoder has run for so long, its load is seen, ms. */
const MEASURED_AFTER = 3_000

/** Somebody wants a session. */
export interface SessionRequest {
  /** Of its HTTP connection; undefined: not known. */
  readonly address?: string | undefined
  /** Stands for the token or account that it came with. */
  readonly holder?: string | undefined
  /** The encoder that it needs, and the share of the machine that this one is likely to take. */
  readonly encoder: { readonly name: string; readonly isRunning: boolean; readonly share: number }
  /** Its place is needed for another one: it is to be ended now. */
  giveWay(): void
}

/** A session's place. */
export interface Seat {
  /** The session has connected. */
  connected(now: number): void
  /** The session is over. Idempotent. */
  release(): void
}

/** What the engine is busy with at this moment, as shares of what it can do. */
export interface Loads {
  encode(now: number): number
  send(): number
}

type RefusedFor =
  | 'sessions'
  | 'sessionsPerAddress'
  | 'sessionsPerToken'
  | 'connectingPerAddress'
  | 'sessionRate'
  | 'sessionRatePerAddress'
  | 'encodeLoad'
  | 'sendLoad'

interface Place extends Seat {
  readonly group: Group | undefined
  readonly request: SessionRequest
  readonly since: number
  connectedAt: number | undefined
}

/** The sessions of one address. */
interface Group {
  readonly limits: AddressLimits
  readonly bucket: TokenBucket
  readonly places: Set<Place>
}

/**
 * Who gets a session. What the limits of an address or a token forbid is answered 429 (RFC 6585 §4), what is too much
 * for the server as a whole 503; both say when to come back. Those who are there already are never ended for one who
 * comes, except when they have had their time to connect and did not. Pure: times come in, ms.
 */
export class SessionLimiter {
  readonly #places = new Set<Place>()
  readonly #groups = new Map<string, Group>()
  readonly #rate: TokenBucket

  /** @param report is told of each refusal: the option's name and value */
  constructor(
    private readonly limits: EngineLimits,
    private readonly loads: Loads,
    private readonly report: (limit: string, value: number, now: number) => void,
  ) {
    this.#rate = sessionBucket(limits.rate)
  }

  /** @throws SignalingError (429, 503) when there is no place for it */
  admit(request: SessionRequest, now: number): Seat {
    const { address, holder } = request
    const key = address === undefined ? undefined : addressGroup(address)
    const group = key === undefined ? undefined : (this.#groups.get(key) ?? this.#newGroup(address))
    if (group) this.#checkRate('sessionRatePerAddress', group.bucket, group.limits.rate, now)
    this.#checkRate('sessionRate', this.#rate, this.limits.rate, now)
    this.#checkLoads(request, now)
    // Last, for somebody may be ended for it.
    this.#checkHolder(holder, now)
    if (group) this.#checkGroup(group, now)
    if (this.#places.size >= this.limits.sessions && !makeRoom(this.#places, now))
      this.#refuse('sessions', this.limits.sessions, now, 5)
    this.#rate.charge(1, now)
    group?.bucket.charge(1, now)
    if (key !== undefined && group) this.#groups.set(key, group)
    return this.#seat(request, group, now)
  }

  /** To be called now and then: forgets addresses that have nothing. */
  tick(now: number): void {
    for (const [key, { places, bucket }] of this.#groups)
      if (places.size === 0 && bucket.isFull(now)) this.#groups.delete(key)
  }

  #newGroup(address = ''): Group {
    const limits = isLoopbackAddress(address) ? this.limits.perLoopback : this.limits.perAddress
    return { limits, bucket: sessionBucket(limits.rate), places: new Set() }
  }

  #checkHolder(holder: string | undefined, now: number): void {
    if (holder === undefined) return
    const { perToken } = this.limits
    const held = [...this.#places].filter(({ request }) => request.holder === holder)
    if (held.length >= perToken && !makeRoom(held, now)) this.#refuse('sessionsPerToken', perToken, now, 5)
  }

  #checkGroup({ limits, places }: Group, now: number): void {
    if (places.size >= limits.sessions && !makeRoom(places, now))
      this.#refuse('sessionsPerAddress', limits.sessions, now, 5)
    const connecting = [...places].filter(({ connectedAt }) => connectedAt === undefined)
    if (connecting.length >= limits.connecting && !makeRoom(connecting, now))
      this.#refuse('connectingPerAddress', limits.connecting, now, 1)
  }

  #checkRate(limit: RefusedFor, bucket: TokenBucket, rate: number, now: number): void {
    const wait = bucket.wait(1, now)
    if (wait > 0) this.#refuse(limit, rate, now, Math.ceil(wait / 1_000))
  }

  #checkLoads({ encoder }: SessionRequest, now: number): void {
    const { encodeLoad, sendLoad } = this.limits
    if (sendLoad < 1 && this.loads.send() > sendLoad) this.#refuse('sendLoad', sendLoad, now, 5)
    if (encodeLoad === 1 || this.#isShared(encoder)) return
    const others = this.loads.encode(now) + this.#expected(now)
    // Where nothing else is encoded there is nobody to suffer.
    if (others > 0 && others + encoder.share > encodeLoad) this.#refuse('encodeLoad', encodeLoad, now, 5)
  }

  /** Its encoder runs, or will for another session: one more costs packets alone. */
  #isShared({ name, isRunning }: SessionRequest['encoder']): boolean {
    return isRunning || [...this.#places].some(({ request }) => request.encoder.name === name)
  }

  /** What encoders will take that were promised and cannot be measured yet. */
  #expected(now: number): number {
    const shares = new Map<string, number>()
    for (const { since, connectedAt, request } of this.#places) {
      const isOpen = connectedAt === undefined ? now - since < FAIR_TIME : now - connectedAt < MEASURED_AFTER
      if (isOpen && !request.encoder.isRunning) shares.set(request.encoder.name, request.encoder.share)
    }
    return [...shares.values()].reduce((sum, share) => sum + share, 0)
  }

  #seat(request: SessionRequest, group: Group | undefined, now: number): Seat {
    const place: Place = {
      group,
      request,
      since: now,
      connectedAt: undefined,
      connected: (at) => {
        place.connectedAt = at
      },
      release: () => {
        this.#places.delete(place)
        group?.places.delete(place)
      },
    }
    this.#places.add(place)
    group?.places.add(place)
    return place
  }

  /** The client is told what it has to know to come back, the operator which option it was. */
  #refuse(limit: RefusedFor, value: number, now: number, after: number): never {
    this.report(`limits.${limit}`, value, now)
    const [status, text] = ANSWERS[limit]
    throw new SignalingError(status, text, { 'Retry-After': `${after}` })
  }
}

const ANSWERS: Readonly<Record<RefusedFor, readonly [status: number, text: string]>> = {
  sessions: [503, 'all places are taken'],
  sessionsPerAddress: [429, 'there are too many sessions from this address'],
  sessionsPerToken: [429, 'there are too many sessions with this token'],
  connectingPerAddress: [429, 'too many sessions from this address are still connecting'],
  sessionRatePerAddress: [429, 'new sessions from this address come too fast'],
  sessionRate: [503, 'new sessions come too fast'],
  encodeLoad: [503, 'the server is busy encoding other tracks'],
  sendLoad: [503, 'the server is busy sending to others'],
}

/** Holds one session at least, however slowly they may come: else nobody would ever get one. */
function sessionBucket(rate: number): TokenBucket {
  return new TokenBucket(rate, Math.max(1, BURST * rate))
}

/** Ends the session that has waited longest without connecting, if it has had its time. */
function makeRoom(places: Iterable<Place>, now: number): boolean {
  let oldest: Place | undefined
  for (const place of places)
    if (place.connectedAt === undefined && place.since < (oldest?.since ?? Number.POSITIVE_INFINITY))
      oldest = place
  if (!oldest || now - oldest.since < FAIR_TIME) return false
  oldest.request.giveWay()
  oldest.release()
  return true
}
