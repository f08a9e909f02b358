import { monotonicNow } from '../common/clock.js'
import { SignalingError } from '../common/errors.js'
import type { IceServer } from '../common/ice-server.js'
import type { PublicationPhase } from '../common/measures.js'
import type { PublishingApi, StreamIdentity, UpstreamApi } from '../engine/api.js'
import type { PublicationChange, PublicationStats, PublishSettings } from '../track/index.js'
import type { IceOptions } from '../transport/ice-options.js'
import { AttemptError } from './attempt-error.js'
import { Backoff } from './backoff.js'
import type { MeasuredPublication } from './publish-meter.js'
import { WhipEndpoint, type WhipSession } from './whip-client.js'

/** When the engine has named STUN or TURN servers that were not used yet, the direct way is tried so long, ms. */
const DIRECT_TIME = 5_000

/** Keeps one track published to one WHIP endpoint, until it is closed or refused for good. */
export class Publisher {
  readonly #stop = new AbortController()
  readonly #endpoint: WhipEndpoint
  readonly #source: StreamIdentity
  readonly #backoff = new Backoff()
  /** Of the engine, for what comes next. */
  #linked: readonly IceServer[] = []
  readonly #notes = new Set<string>()
  /** Nobody can listen before the first attempt has come to something. */
  #held: string[] | undefined = []
  #upstream: UpstreamApi | undefined
  #hasAsked = false
  #hasWorked = false
  #phase: PublicationPhase = 'connecting'
  #connections = 0
  /** Of connections that are over. */
  #bytes = 0
  #running: Promise<void> | undefined

  constructor(
    private readonly engine: PublishingApi,
    private readonly track: string,
    private readonly settings: PublishSettings,
    private readonly ice: IceOptions,
    private readonly report: (change: PublicationChange) => void,
    private readonly onError: (error: unknown) => void,
  ) {
    this.#endpoint = new WhipEndpoint(new URL(settings.url), settings.token)
    this.#source = engine.newStreamIdentity(track)
  }

  start(): void {
    this.#running ??= this.#run()
  }

  stats(): PublicationStats | undefined {
    return this.#upstream?.stats()
  }

  /** For the metrics. */
  measures(): MeasuredPublication {
    return {
      track: this.track,
      phase: this.#phase,
      connections: this.#connections,
      bytes: this.#bytes + (this.#upstream?.stats()?.bytesSent ?? 0),
    }
  }

  /** Ends it, and tells the engine. Resolves when that is done; never rejects. */
  async close(): Promise<void> {
    this.#stop.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop
    while (!signal.aborted) {
      const { error, ending } = await this.#attempt()
      if (signal.aborted) {
        await ending
        break
      }
      const mayHelp = error.retry === 'always' || (error.retry === 'again' && this.#hasWorked)
      if (!mayHelp) {
        await ending
        this.report({ state: 'failed', error: { message: error.message, status: error.status } })
        return
      }
      const retryIn = this.#backoff.next(error.retryAfter)
      this.#phase = 'waiting'
      this.report({ state: 'waiting', error: { message: error.message, status: error.status }, retryIn })
      this.#releaseNotes()
      // The old session has to be gone first: it may belong to the same name.
      await Promise.all([sleep(retryIn, signal), ending])
    }
    this.report({ state: 'closed' })
  }

  /** One connection, from the offer to its end. Never rejects. @returns why it ended; `ending`: its session is gone */
  async #attempt(): Promise<{ error: AttemptError; ending: Promise<void> }> {
    const { signal } = this.#stop
    let session: WhipSession | undefined
    let openedAt: number | undefined
    const ended = deferred<string>()
    const onAbort = () => ended.resolve('it was closed')
    try {
      const opened = deferred<undefined>()
      await this.#ask()
      const upstream = this.engine.openUpstream(
        this.track,
        this.#source,
        { ...this.settings, ice: { ...this.ice, servers: [...(this.ice.servers ?? []), ...this.#linked] } },
        { onOpen: () => opened.resolve(undefined), onClose: ended.resolve, onError: this.onError },
      )
      const wasDirect = this.#linked.length === 0
      this.#upstream = upstream
      signal.addEventListener('abort', onAbort, { once: true })
      session = await this.#endpoint.create(await upstream.offer(), signal)
      upstream.accept(session.answer)
      this.#read(session)
      this.#compare(upstream.rungs)
      const { fragment } = upstream
      if (fragment !== undefined) void session.trickle(fragment).then((note) => this.#note(note))
      const isImpatient = wasDirect && this.#linked.length > 0
      const how = await Promise.race([
        opened.promise,
        ended.promise,
        ...(isImpatient ? [sleep(DIRECT_TIME, signal).then(() => 'no direct connection')] : []),
      ])
      if (how !== undefined) throw new AttemptError(`no media connection to the engine: ${how}`, 'always')
      openedAt = monotonicNow()
      this.#hasWorked = true
      this.#phase = 'connected'
      this.#connections++
      this.report({ state: 'connected' })
      this.#releaseNotes()
      throw new AttemptError(`the connection to the engine is over: ${await ended.promise}`, 'always')
    } catch (error) {
      return {
        error: asAttemptError(error),
        ending: session?.end(openedAt !== undefined && !signal.aborted) ?? Promise.resolve(),
      }
    } finally {
      signal.removeEventListener('abort', onAbort)
      this.#bytes += this.#upstream?.stats()?.bytesSent ?? 0
      this.#upstream?.close()
      this.#upstream = undefined
      if (openedAt !== undefined) this.#backoff.connectionEnded(monotonicNow() - openedAt)
    }
  }

  /** Says when the engine takes fewer rungs than were offered. */
  #compare(taken: number): void {
    const { rungs } = this.settings
    if (taken === 1 && rungs > 1) this.#note('the engine takes no simulcast: it is sent one stream')
    else if (taken < rungs) this.#note(`the engine takes ${taken} of ${rungs} rungs`)
  }

  /** Once, and only for what the application has not said itself. */
  async #ask(): Promise<void> {
    if (this.#hasAsked) return
    this.#hasAsked = true
    if ((this.ice.servers?.length ?? 0) > 0) return
    const { servers, notes } = await this.#endpoint.iceServers(this.#stop.signal)
    this.#linked = servers
    for (const note of notes) this.#note(note)
  }

  #read({ ice, canEnd }: WhipSession): void {
    this.#linked = ice.servers
    for (const note of ice.notes) this.#note(note)
    if (!canEnd)
      this.#note('the engine named no session (Location) that can be used, so it cannot be told of the end')
  }

  /** Each once. */
  #note(note: string | undefined): void {
    if (note === undefined || this.#notes.has(note) || this.#stop.signal.aborted) return
    this.#notes.add(note)
    if (this.#held) this.#held.push(note)
    else this.report({ state: 'note', text: note })
  }

  #releaseNotes(): void {
    for (const text of this.#held ?? []) this.report({ state: 'note', text })
    this.#held = undefined
  }
}

function asAttemptError(error: unknown): AttemptError {
  if (error instanceof AttemptError) return error
  // The engine's answer cannot be used, and the next one would be the same.
  if (error instanceof SignalingError) return new AttemptError(error.message, 'never', { cause: error })
  return new AttemptError(error instanceof Error ? error.message : String(error), 'never', { cause: error })
}

function deferred<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {}
  const promise = new Promise<T>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}

function sleep(time: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, time)
    signal.addEventListener('abort', done, { once: true })
    if (signal.aborted) done()
    function done(): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
  })
}
