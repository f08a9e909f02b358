import { SignalingError, show } from '../common/errors.js'

/** An application that is at work for longer than this does not keep a sender waiting, ms. */
const TIMEOUT_MS = 5_000

interface Wish {
  readonly promise: Promise<void>
  settle(error?: Error): void
}

/**
 * The tracks that senders want to be made. The application makes them, as it makes all others: names are
 * given in one place, and whoever listens for the track has it before its first image.
 */
export class WantedTracks {
  readonly #wishes = new Map<string, Wish>()

  /** @param ask asks the application, which answers by `settle` */
  constructor(
    private readonly ask: (name: string) => void,
    private readonly timeout = TIMEOUT_MS,
  ) {}

  /** Resolves when the track is there. Throws `SignalingError` (503) when the application does not answer in time. */
  want(name: string): Promise<void> {
    const before = this.#wishes.get(name)
    if (before) return before.promise
    const { promise, resolve, reject } = withResolvers()
    const timer = setTimeout(() => this.settle(name, tooBusy(name)), this.timeout)
    this.#wishes.set(name, {
      promise,
      settle: (error) => {
        clearTimeout(timer)
        if (error) reject(error)
        else resolve()
      },
    })
    this.ask(name)
    return promise
  }

  /** The application has made the track, or says why not. */
  settle(name: string, error?: Error): void {
    const wish = this.#wishes.get(name)
    this.#wishes.delete(name)
    wish?.settle(error)
  }

  /** Nobody will answer any more. */
  close(): void {
    for (const name of [...this.#wishes.keys()])
      this.settle(name, new SignalingError(503, 'the server is closing', { 'Retry-After': '1' }))
  }
}

function tooBusy(name: string): SignalingError {
  return new SignalingError(503, `the application is too busy to make the track ${show(name)}`, {
    'Retry-After': '1',
  })
}

/** `Promise.withResolvers` came with Node 22. */
function withResolvers() {
  let resolve = (): void => {}
  let reject = (_error: Error): void => {}
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve
    reject = onReject
  })
  return { promise, resolve, reject }
}
