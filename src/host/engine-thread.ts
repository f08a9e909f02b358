import { getEnvironmentData, type MessagePort, setEnvironmentData, Worker } from 'node:worker_threads'
import { EngineError } from '../common/errors.js'
import {
  type CallMessage,
  type CallName,
  type EngineCalls,
  type EngineEvent,
  type EngineFailure,
  HALT_REQUESTED,
  HALTED,
  type ReplyMessage,
  type WorkerSettings,
} from './messages.js'
import { restoreError } from './serialize-error.js'
import { takeSignInKey } from './sign-in-key.js'

/** Longer than any image takes to encode: one of 8192×8192 became a PNG in 7 s, a VP8 keyframe in 5 (measured). */
const MOST_HALT_MS = 10_000

/** Inherited by every worker that is started later: there is an engine in a thread above. */
const STARTED = 'pixelcast: engine started'

interface Pending {
  resolve(result: unknown): void
  reject(error: Error): void
}

/** Who wants to hear of a server's events, and of the end of the thread. */
export interface EngineListener {
  onEvent(event: EngineEvent): void
  /** The engine failed; nothing of the server is left. `isFinal`: the thread ended, and there cannot be another. */
  onFailure(error: EngineError, isFinal: boolean): void
}

/**
 * The engine thread seen from the application's. A process has one, for all its servers, until it ends:
 * the WebRTC addon crashes the process when a second thread loads it, at the same time or later (it keeps
 * references into the first one's heap; seen in `addTrack`). While no server is open the thread idles
 * and does not keep the process alive.
 */
export class EngineThread {
  static #only: EngineThread | undefined
  static #nextServer = 1

  readonly #worker: Worker
  readonly #pending = new Map<number, Pending>()
  readonly #listeners = new Map<number, EngineListener>()
  #nextCall = 1
  /** Set when the thread has ended; there cannot be another. */
  #end: EngineError | undefined
  #users = 0

  private constructor() {
    const halt = new Int32Array(new SharedArrayBuffer(8))
    this.#worker = new Worker(new URL('./worker.js', import.meta.url), {
      name: 'pixelcast-engine',
      workerData: { halt, signInKey: takeSignInKey() } satisfies WorkerSettings,
    })
    // `process.exit()` in the middle of something: let the engine put down its tools first. Also after the
    // last server was closed, or failed: what it had begun may not be done.
    process.once('exit', () => {
      if (this.#end) return
      Atomics.store(halt, HALT_REQUESTED, 1)
      Atomics.notify(halt, HALT_REQUESTED)
      Atomics.wait(halt, HALTED, 0, MOST_HALT_MS)
    })
    this.#worker.on('message', (message: ReplyMessage | EngineEvent | EngineFailure) =>
      this.#receive(message),
    )
    this.#worker.on('error', (error) => this.#ended(`the engine thread failed: ${error.message}`, error))
    this.#worker.on('messageerror', (error) =>
      this.#failAll(new EngineError('the engine thread sent what cannot be read', { cause: error })),
    )
    this.#worker.once('exit', (code) => this.#ended(`the engine thread ended (exit code ${code})`))
  }

  /**
   * The process's engine thread, started if need be. Each `acquire` wants a `release`.
   *
   * @throws EngineError when it has ended; only a new process helps then. Also in a worker, when the thread
   *   that started the worker has an engine
   */
  static acquire(): EngineThread {
    if (!EngineThread.#only) {
      if (getEnvironmentData(STARTED))
        throw new EngineError(
          'this process has an engine, started by another thread, and cannot have two: ' +
            'post `track.handle` to this thread and push with `ImageTrack.from(handle)`',
        )
      setEnvironmentData(STARTED, true)
      EngineThread.#only = new EngineThread()
    }
    const thread = EngineThread.#only
    if (thread.#end)
      throw new EngineError(`${thread.#end.message}; it cannot be started twice in a process`, {
        cause: thread.#end,
      })
    thread.retain()
    return thread
  }

  /** One more `release` is wanted. */
  retain(): void {
    if (this.#users++ === 0) this.#worker.ref()
  }

  /** After the last one the thread no longer keeps the process alive. */
  release(): void {
    if (--this.#users === 0) this.#worker.unref()
  }

  /** A number for a new server, and its listener. */
  register(listener: EngineListener): number {
    const server = EngineThread.#nextServer++
    this.#listeners.set(server, listener)
    return server
  }

  unregister(server: number): void {
    this.#listeners.delete(server)
  }

  /** @throws EngineError when the thread is gone or goes before it answers; else what the engine threw */
  call<N extends CallName>(
    call: N,
    params: EngineCalls[N]['params'],
    transfer: readonly MessagePort[] = [],
  ): Promise<EngineCalls[N]['result']> {
    if (this.#end) return Promise.reject(this.#end)
    const id = this.#nextCall++
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve: resolve as Pending['resolve'], reject })
      const message: CallMessage<N> = { id, call, params }
      try {
        this.#worker.postMessage(message, transfer)
      } catch (error) {
        this.#pending.delete(id) // something that cannot be cloned
        throw error
      }
    })
  }

  #receive(message: ReplyMessage | EngineEvent | EngineFailure): void {
    if ('failure' in message) {
      this.#failAll(
        new EngineError(`the engine failed: ${message.failure.message}`, {
          cause: restoreError(message.failure),
        }),
      )
    } else if ('event' in message) {
      this.#listeners.get(message.server)?.onEvent(message)
    } else {
      const pending = this.#pending.get(message.id)
      this.#pending.delete(message.id)
      if ('error' in message) pending?.reject(restoreError(message.error))
      else pending?.resolve(message.result)
    }
  }

  #ended(message: string, cause?: Error): void {
    if (this.#end) return
    this.#end = new EngineError(message, { cause })
    this.#failAll(this.#end)
  }

  /** Nothing of any server is left: everybody who waits must hear of it. */
  #failAll(error: EngineError): void {
    const pending = [...this.#pending.values()]
    this.#pending.clear()
    for (const { reject } of pending) reject(error)
    const listeners = [...this.#listeners.values()]
    this.#listeners.clear()
    for (const listener of listeners) listener.onFailure(error, this.#end !== undefined)
  }
}
