import { monotonicNow } from '../common/clock.js'
import type { InputMessage } from '../track/index.js'
import { InputQueue, type ViewerInput } from './input-queue.js'

/** Posts what waits in an `InputQueue` when it is due: at the end of this turn of the event loop, or a little later. */
export class InputPost {
  readonly #queue: InputQueue
  #timer: NodeJS.Timeout | undefined
  #immediate: NodeJS.Immediate | undefined
  #closed = false

  /** @param onExcess see `InputQueue` */
  constructor(
    private readonly post: (inputs: readonly ViewerInput[]) => void,
    onExcess: (viewer: string) => void,
  ) {
    this.#queue = new InputQueue(onExcess)
  }

  /** @returns false when too much of this viewer waits */
  push(viewer: string, message: InputMessage): boolean {
    const isTaken = this.#queue.push(viewer, message)
    this.#schedule()
    return isTaken
  }

  /** @returns false when nothing of it waits */
  leave(viewer: string, reason: string): boolean {
    return this.#queue.leave(viewer, reason)
  }

  answered(): void {
    this.#queue.answered()
    this.#schedule()
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
    clearImmediate(this.#immediate)
  }

  #schedule(): void {
    const due = this.#queue.dueAt()
    if (due === undefined || this.#timer || this.#immediate || this.#closed) return
    const wait = due - monotonicNow()
    if (wait > 0) this.#timer = setTimeout(() => this.#send(), wait)
    else this.#immediate = setImmediate(() => this.#send())
  }

  #send(): void {
    this.#timer = undefined
    this.#immediate = undefined
    if (this.#queue.size > 0) this.post(this.#queue.take(monotonicNow()))
  }
}
