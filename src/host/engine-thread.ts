import { Worker } from 'node:worker_threads'
import { EngineError } from '../common/errors.js'
import type { CallMessage, CallName, EngineCalls, EngineEvent, ReplyMessage } from './messages.js'
import { restoreError } from './serialize-error.js'

interface Pending {
  resolve(result: unknown): void
  reject(error: Error): void
}

/** Who wants to hear of a server's events, and of the end of the thread. */
export interface EngineListener {
  onEvent(event: EngineEvent): void
  /** The thread is gone; nothing of the server is left. */
  onFailure(error: EngineError): void
}

/**
 * The engine thread seen from the application's. There is one at a time in a process, for all servers:
 * the WebRTC addon aborts the process when two threads load it at once (one after the other is fine).
 */
export class EngineThread {
  static #current: EngineThread | undefined
  static #lastExit: Promise<void> = Promise.resolve()
  static #nextServer = 1

  readonly #worker: Worker
  readonly #pending = new Map<number, Pending>()
  readonly #listeners = new Map<number, EngineListener>()
  readonly #exited: Promise<void>
  #nextCall = 1
  #failure: EngineError | undefined
  #users = 0

  private constructor() {
    this.#worker = new Worker(new URL('./worker.js', import.meta.url), { name: 'pixelcast-engine' })
    this.#worker.on('message', (message: ReplyMessage | EngineEvent) => this.#receive(message))
    this.#worker.on('error', (error) =>
      this.#fail(new EngineError(`the engine thread failed: ${error.message}`, { cause: error })),
    )
    this.#worker.on('messageerror', (error) =>
      this.#fail(new EngineError('the engine thread sent what cannot be read', { cause: error })),
    )
    this.#exited = new Promise((resolve) => {
      this.#worker.once('exit', (code) => {
        this.#fail(new EngineError(`the engine thread ended (exit code ${code})`))
        resolve()
      })
    })
  }

  /** The running thread, or a new one. Each `acquire` wants a `release`. */
  static async acquire(): Promise<EngineThread> {
    for (;;) {
      const current = EngineThread.#current
      if (current && !current.#failure) {
        current.#users++
        return current
      }
      // The one before must be gone for good.
      const lastExit = EngineThread.#lastExit
      await lastExit
      if (lastExit !== EngineThread.#lastExit || (EngineThread.#current && !EngineThread.#current.#failure))
        continue
      const thread = new EngineThread()
      EngineThread.#current = thread
      EngineThread.#lastExit = thread.#exited
    }
  }

  /** The last one to leave ends the thread; resolves when that has happened. */
  async release(): Promise<void> {
    this.#users--
    if (this.#users > 0) return
    if (EngineThread.#current === this) EngineThread.#current = undefined
    if (!this.#failure) {
      // A thread that fails while it ends has ended too.
      await this.call('exit', {}).catch(() => {})
    }
    await this.#exited
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
  call<N extends CallName>(call: N, params: EngineCalls[N]['params']): Promise<EngineCalls[N]['result']> {
    if (this.#failure) return Promise.reject(this.#failure)
    const id = this.#nextCall++
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve: resolve as Pending['resolve'], reject })
      const message: CallMessage<N> = { id, call, params }
      this.#worker.postMessage(message)
    })
  }

  #receive(message: ReplyMessage | EngineEvent): void {
    if ('event' in message) {
      this.#listeners.get(message.server)?.onEvent(message)
      return
    }
    const pending = this.#pending.get(message.id)
    this.#pending.delete(message.id)
    if ('error' in message) pending?.reject(restoreError(message.error))
    else pending?.resolve(message.result)
  }

  #fail(error: EngineError): void {
    if (this.#failure) return
    this.#failure = error
    for (const pending of this.#pending.values()) pending.reject(error)
    this.#pending.clear()
    const listeners = [...this.#listeners.values()]
    this.#listeners.clear()
    for (const listener of listeners) listener.onFailure(error)
  }
}
