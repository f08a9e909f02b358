import { monotonicNow } from '../common/clock.js'
import { ListenError } from '../common/errors.js'
import { createServer, type PixelcastServer } from '../host/index.js'
import type { TlsFiles } from '../server/certificate.js'
import type { ImageTrack } from '../track/index.js'
import { checkMediaHost } from './addresses.js'
import { CliError, EXIT_USAGE, explain } from './errors.js'
import { isLoopback } from './options.js'
import { StatusLine } from './terminal/status.js'
import type { Terminal } from './terminal/terminal.js'

/** Options that every command which opens a server has. */
export interface StageOptions {
  readonly host: string
  readonly port: number
  /** Where media binds, when not as `host` says. */
  readonly mediaHost?: string
  /** One for all viewers. */
  readonly udpPort?: number
  /** Files; both or none. */
  readonly tlsCert?: string
  readonly tlsKey?: string
  /** Addresses from outside. */
  readonly advertise?: readonly string[]
}

/** A running server with its tracks, as a command shows it on the terminal. */
export class Stage {
  readonly #server: PixelcastServer
  readonly #terminal: Terminal
  readonly #tracks: ImageTrack[] = []
  readonly #status: StatusLine
  /** Rejects when the server is gone although nobody closed it. Never resolves. */
  readonly failure: Promise<never>

  private constructor(server: PixelcastServer, terminal: Terminal) {
    this.#server = server
    this.#terminal = terminal
    this.#status = new StatusLine(terminal, () => this.#tracks.map(countsOf), monotonicNow)
    let last: Error = new Error('the server has ended')
    server.on('error', (error) => {
      last = error
      terminal.warn(explain(error))
    })
    this.failure = new Promise((_, reject) => server.on('close', () => reject(last)))
    // whoever closes the stage does not wait for it
    this.failure.catch(() => undefined)
  }

  /** Opens the server; rejects with a `ListenError` when the address cannot be had. */
  static async open(options: StageOptions, terminal: Terminal): Promise<Stage> {
    checkMediaHost(options.mediaHost)
    if (!isLoopback(options.host))
      terminal.warn(`anyone who can reach ${options.host} can watch; there is no password`)
    const server = await createServer({
      host: options.host,
      port: options.port,
      tls: tlsOf(options),
      ice: { bindAddress: options.mediaHost, udpPort: options.udpPort, advertise: options.advertise },
    }).catch((error: unknown) => {
      if (!(error instanceof ListenError)) throw error
      const hint = /^port \d/.test(error.message) ? ' with --port' : ''
      throw new CliError(`${error.message}${hint}`, undefined, { cause: error })
    })
    return new Stage(server, terminal)
  }

  addTrack(name: string): ImageTrack {
    const track = this.#server.addTrack(name)
    track.on('error', (error) => this.#terminal.warn(`${name}: ${explain(error)}`))
    this.#tracks.push(track)
    return track
  }

  /** Prints the addresses and starts the status line. `descriptions` by track name. */
  announce(descriptions: ReadonlyMap<string, string>): void {
    const { url } = this.#server
    this.#terminal.print(`Watch at ${url}`)
    const width = Math.max(...this.#tracks.map(({ name }) => name.length))
    for (const { name } of this.#tracks) {
      const description = descriptions.get(name)
      const address = new URL(`view/${encodeURIComponent(name)}`, url).href
      this.#terminal.print(`  ${name.padEnd(width)}  ${address}${description ? `  (${description})` : ''}`)
    }
    this.#terminal.note('Press Ctrl-C to stop.')
    this.#status.start()
  }

  async close(): Promise<void> {
    this.#status.stop()
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
