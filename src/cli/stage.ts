import { monotonicNow } from '../common/clock.js'
import { ListenError } from '../common/errors.js'
import { createServer, type LimitOptions, type PixelcastServer } from '../host/index.js'
import type { TlsFiles } from '../server/certificate.js'
import type { ImageTrack } from '../track/index.js'
import { type Access, type AccessChoice, accessOf } from './access.js'
import { checkAddresses, outerAddresses } from './addresses.js'
import { CliError, EXIT_USAGE, explain } from './errors.js'
import type { OperationOptions } from './operation.js'
import { logTo, metricsOf } from './operation.js'
import { Remarks } from './terminal/remarks.js'
import { StatusLine } from './terminal/status.js'
import type { Terminal } from './terminal/terminal.js'
import type { Uplink } from './uplink.js'

/** Options that every command which opens a server has. */
export interface StageOptions extends AccessChoice, OperationOptions {
  readonly port: number
  /** False: nobody can watch here. */
  readonly listen?: boolean
  /** Where media binds, when not as `host` says. */
  readonly mediaHost?: string
  /** One for all viewers. */
  readonly udpPort?: number
  /** Files; both or none. */
  readonly tlsCert?: string
  readonly tlsKey?: string
  /** Addresses from outside. */
  readonly advertise?: readonly string[]
  /** Names of a proxy, while the host is loopback. */
  readonly allowedHost?: readonly string[]
  readonly limit?: LimitOptions
  readonly trustProxy?: readonly string[]
}

/** Tracks that senders may make: more than anybody looks at, few enough not to be an attack. */
const MAX_INGESTED = 64

/** A running server with its tracks, as a command shows it on the terminal. */
export class Stage {
  readonly #server: PixelcastServer
  readonly #terminal: Terminal
  readonly #tracks: ImageTrack[] = []
  /** How far the input of a track is. */
  readonly #progress = new Map<ImageTrack, () => string | undefined>()
  readonly #uplinks = new Map<ImageTrack, Uplink>()
  readonly #status: StatusLine
  readonly #options: StageOptions & { readonly access: Access }
  #announced = false
  /** That the server closes is as it should be. */
  #isEnding = false
  /** Rejects when the server is gone although nobody closed it. Never resolves. */
  readonly failure: Promise<never>

  private constructor(
    server: PixelcastServer,
    options: StageOptions & { readonly access: Access },
    terminal: Terminal,
  ) {
    this.#server = server
    this.#options = options
    this.#terminal = terminal
    this.#status = new StatusLine(
      terminal,
      () =>
        this.#tracks.map((track) => ({
          ...countsOf(track),
          progress: this.#progress.get(track)?.(),
          uplink: this.#uplinks.get(track)?.text,
          isWatchable: options.listen !== false,
        })),
      monotonicNow,
    )
    let last: Error = new Error('the server has ended')
    server.on('error', (error) => {
      last = error
      terminal.warn(explain(error))
    })
    server.on('restart', () =>
      terminal.note('The engine was started again; viewers come back by themselves.'),
    )
    server.on('track', (track) => this.#onSentTrack(track))
    this.failure = new Promise((_, reject) =>
      server.on('close', () => {
        if (!this.#isEnding) reject(last)
      }),
    )
    // whoever closes the stage does not wait for it
    this.failure.catch(() => undefined)
  }

  /** Opens the server; rejects with a `ListenError` when the address cannot be had. */
  static async open(options: StageOptions, terminal: Terminal): Promise<Stage> {
    checkAddresses(options)
    const access = accessOf(options)
    const server = await createServer({
      host: options.host,
      port: options.port,
      ...access.options,
      allowedHosts: options.allowedHost,
      limits: options.limit,
      trustProxy: options.trustProxy,
      listen: options.listen ?? true,
      tls: tlsOf(options),
      metrics: metricsOf(options),
      log: logTo(options, terminal),
      ice: { bindAddress: options.mediaHost, udpPort: options.udpPort, advertise: options.advertise },
      ...(options.ingest && {
        ingest: { token: options.ingestToken, createTracks: true, maxTracks: MAX_INGESTED },
      }),
    }).catch((error: unknown) => {
      if (!(error instanceof ListenError)) throw error
      const hint = /^port \d/.test(error.message) ? ' with --port' : ''
      throw new CliError(`${error.message}${hint}`, undefined, { cause: error })
    })
    for (const warning of access.warnings) terminal.warn(warning)
    return new Stage(server, { ...options, access }, terminal)
  }

  /** `progress`: how far its input is, for the status line. */
  addTrack(name: string, progress: () => string | undefined = () => undefined): ImageTrack {
    const track = this.#server.addTrack(name)
    this.#watch(track)
    this.#progress.set(track, progress)
    return track
  }

  /** What is published of a track is shown beside it, and ends with the stage. */
  showUplink(track: ImageTrack, uplink: Uplink): void {
    this.#uplinks.set(track, uplink)
  }

  /** Prints the addresses and starts the status line. `descriptions` by track name. */
  announce(descriptions: ReadonlyMap<string, string>): void {
    const { url } = this.#server
    const { ingest, ingestToken, access, metricsHost = '127.0.0.1' } = this.#options
    const { metricsPort } = this.#server
    this.#announced = true
    if (url !== undefined) this.#terminal.print(`Watch at ${url}${access.fragment}`)
    for (const hostname of outerAddresses(this.#options.host))
      this.#terminal.print(
        `  from other machines: ${Object.assign(new URL(url ?? ''), { hostname }).href}${access.fragment}`,
      )
    if (ingest) {
      const token = ingestToken === undefined ? '' : ', with the token'
      this.#terminal.print(
        `Send images to ${url}tracks/NAME/image (PUT) or ${url}tracks/NAME/stream (POST)${token}`,
      )
    }
    if (metricsPort !== undefined)
      this.#terminal.print(`Metrics at http://${metricsHost}:${metricsPort}/metrics`)
    const width = Math.max(0, ...this.#tracks.map(({ name }) => name.length))
    for (const track of this.#tracks) this.#announceTrack(track, width, descriptions.get(track.name))
    this.#terminal.note('Press Ctrl-C to stop.')
    this.#status.start()
  }

  #announceTrack({ name }: ImageTrack, width: number, description: string | undefined): void {
    if (this.#server.url === undefined) return
    const { fragment } = this.#options.access
    const address = new URL(`view/${encodeURIComponent(name)}${fragment}`, this.#server.url).href
    this.#terminal.print(`  ${name.padEnd(width)}  ${address}${description ? `  (${description})` : ''}`)
  }

  /** A sender has made a track: it is shown as those of the inputs are. */
  #onSentTrack(track: ImageTrack): void {
    this.#watch(track)
    if (this.#announced) this.#announceTrack(track, 0, 'sent over HTTP')
  }

  #watch(track: ImageTrack): void {
    const { name } = track
    const remarks = new Remarks((line) => this.#terminal.warn(`${name}: ${line}`))
    track.on('error', (error) => remarks.add(explain(error)))
    track.on('close', () => remarks.flush())
    this.#tracks.push(track)
  }

  /** New sessions are refused, viewers asked to come back later, and waited for. */
  async drain(): Promise<void> {
    this.#isEnding = true
    this.#status.stop()
    const { drainTimeout } = this.#options
    await this.#server.drain({ timeout: drainTimeout === undefined ? undefined : drainTimeout * 1000 })
  }

  async close(): Promise<void> {
    this.#isEnding = true
    this.#status.stop()
    await Promise.all([...this.#uplinks.values()].map((uplink) => uplink.close()))
    await this.#server.close()
  }
}

function countsOf(track: ImageTrack) {
  const { pushed, dropped, viewers } = track.stats
  const total = Object.values(dropped).reduce((sum, count) => sum + count, 0)
  return { name: track.name, pushed, dropped: total, viewers }
}

function tlsOf({ tlsCert, tlsKey }: StageOptions): TlsFiles | undefined {
  if (tlsCert === undefined && tlsKey === undefined) return undefined
  if (tlsCert !== undefined && tlsKey !== undefined) return { certFile: tlsCert, keyFile: tlsKey }
  const [given, missing] = tlsCert === undefined ? ['--tls-key', '--tls-cert'] : ['--tls-cert', '--tls-key']
  throw new CliError(`option ${given}: expected ${missing} beside it, got it alone`, EXIT_USAGE)
}
