import { EngineError, SignalingError } from '../common/errors.js'
import type { AccessAnswer, AccessQuestion } from '../server/access/types.js'

/** An application that is at work for longer than this does not keep a request waiting, ms. */
const TIMEOUT_MS = 5_000
/** That wait for an answer; an application that is at work is not to be drowned in what came meanwhile. */
const MOST_WAITING = 1_000

interface Waiting {
  readonly timer: NodeJS.Timeout
  resolve(answer: AccessAnswer): void
  reject(error: Error): void
}

/** Questions about access for the application's `authorize`, from the engine's thread. */
export class AccessQuestions {
  readonly #waiting = new Map<number, Waiting>()
  #next = 1

  /**
   * @param send to the application, which answers by `settle`
   * @param onError hears of an application that did not
   */
  constructor(
    private readonly send: (id: number, question: AccessQuestion) => void,
    private readonly onError: (error: Error) => void,
    private readonly timeout = TIMEOUT_MS,
  ) {}

  /** Rejects with `SignalingError` (503) when the application does not answer in time. */
  ask(question: AccessQuestion): Promise<AccessAnswer> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.size >= MOST_WAITING) {
        reject(tooBusy())
        return
      }
      const id = this.#next++
      const timer = setTimeout(() => {
        this.#waiting.delete(id)
        this.onError(new EngineError(`access.authorize did not answer within ${this.timeout} ms; refused`))
        reject(tooBusy())
      }, this.timeout)
      this.#waiting.set(id, { timer, resolve, reject })
      this.send(id, question)
    })
  }

  settle(id: number, answer: AccessAnswer): void {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    clearTimeout(waiting?.timer)
    waiting?.resolve(answer)
  }

  /** Nobody will answer any more. */
  close(): void {
    for (const { timer, reject } of this.#waiting.values()) {
      clearTimeout(timer)
      reject(new SignalingError(503, 'the server is closing', { 'Retry-After': '1' }))
    }
    this.#waiting.clear()
  }
}

function tooBusy(): SignalingError {
  return new SignalingError(503, 'the application is too busy to say who may do this', { 'Retry-After': '1' })
}
