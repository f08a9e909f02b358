import { ListenError, OptionError } from '../common/errors.js'
import { createServer, type PixelcastServer, type ServerOptions } from '../host/index.js'
import { isLoopback } from '../host/local-address.js'
import type { ImageTrack } from '../track/index.js'
import { type Address, accessFor, addressFor, checkHighGuiOptions, type HighGuiOptions } from './options.js'

/** A program that shows images makes the next call by then. */
const NEXT_CALL_MS = 200

/** What the windows are shown on: a server of the program's, or one that is started for the first window. */
export class Screen {
  #options: HighGuiOptions
  #server: PixelcastServer | undefined
  #starting: Promise<PixelcastServer> | undefined
  /** Of addresses that are told: the token that was made for them, if one was. */
  #fragment = ''
  /** Why there is no server. */
  #failure: Error | undefined
  #isFailureKnown = false
  readonly #waiting = new Set<ImageTrack>()
  #isHeld = false

  /** @throws OptionError */
  constructor(
    options: HighGuiOptions,
    /** @returns whether somebody is told by that */
    private readonly onFailure: (error: Error) => boolean,
  ) {
    checkHighGuiOptions(options)
    this.#options = options
    this.#server = options.server
  }

  get options(): HighGuiOptions {
    return this.#options
  }

  /** @throws OptionError, also when it is too late */
  configure(options: HighGuiOptions): void {
    checkHighGuiOptions(options)
    const isInUse = this.#starting !== undefined || this.#isHeld
    if (isInUse && !this.#failure)
      throw new OptionError({
        field: 'configure',
        expected: 'a call before the first window is made',
        actual: 'one after it',
      })
    this.#options = options
    this.#server = options.server
    this.#fragment = ''
    this.#failure = this.#starting = undefined
  }

  /** @throws Error when the server could not be started */
  check(): void {
    if (!this.#failure) return
    this.#isFailureKnown = true
    throw this.#failure
  }

  /** The server, started if need be. */
  async server(): Promise<PixelcastServer> {
    this.check()
    if (this.#server) return this.#server
    this.#starting ??= this.#start(addressFor(this.#options, process.env))
    return this.#starting.finally(() => {
      this.#isFailureKnown = true
    })
  }

  /** Where the windows can be watched; started if need be. */
  async url(): Promise<string | undefined> {
    const { url } = await this.server()
    return url && `${url}${this.#fragment}`
  }

  /** @throws OptionError, EngineError. Not when a server is started: what goes wrong then is thrown by the next call */
  add(track: ImageTrack): void {
    this.check()
    if (this.#server) {
      this.#server.addTrack(track)
      return
    }
    this.#starting ??= this.#start(addressFor(this.#options, process.env))
    this.#waiting.add(track)
  }

  /** Whether there are windows: a server of its own keeps the process alive only then. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld
    if (!this.#server || this.#options.server) return
    if (isHeld) this.#server.ref()
    else this.#server.unref()
  }

  /** Closes a server of its own. */
  async close(): Promise<void> {
    const server = await this.#starting?.catch(() => undefined)
    await server?.close()
  }

  /** What somebody who opens a program to the network may not have thought of. */
  #warning(host: string): string {
    const { control = 'anyone', public: isPublic } = this.#options
    return isPublic && control === 'anyone' && !isLoopback(host)
      ? `\nAnyone who can reach ${host} can watch, and press keys: see the option \`control\``
      : ''
  }

  #start(address: Address): Promise<PixelcastServer> {
    const starting = this.#open(address)
    // Whoever waits for it is told; the others by the next call, or, when there is none, in other words.
    starting.catch((error: Error) => {
      this.#failure = error
      this.#waiting.clear()
      this.#isFailureKnown = this.onFailure(error)
      setTimeout(() => {
        if (!this.#isFailureKnown) process.emitWarning(error)
      }, NEXT_CALL_MS)
    })
    return starting
  }

  async #open({ host, ports }: Address): Promise<PixelcastServer> {
    const { options, fragment } = accessFor(host, this.#options, process.env)
    const server = await openFirst({ ...options, host }, ports)
    server.on('error', (error) => process.emitWarning(error))
    server.on('close', () => {
      this.#server = this.#starting = undefined
    })
    this.#server = server
    this.#fragment = fragment
    if (!this.#options.quiet) console.error(`Watch at ${server.url}${fragment}${this.#warning(host)}`)
    for (const track of this.#waiting) if (!track.closed) server.addTrack(track)
    this.#waiting.clear()
    this.hold(this.#isHeld)
    return server
  }
}

/** On the first port that is not taken. */
async function openFirst(
  options: ServerOptions,
  [port, ...others]: readonly number[],
): Promise<PixelcastServer> {
  try {
    return await createServer({ ...options, port })
  } catch (error) {
    const isTaken = error instanceof ListenError && error.systemCode === 'EADDRINUSE'
    if (isTaken && others.length > 0) return openFirst(options, others)
    throw error
  }
}
