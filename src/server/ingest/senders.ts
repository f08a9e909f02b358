import { SignalingError } from '../../common/errors.js'

/** Counts who is sending, so that buffers stay bounded. */
export class Senders {
  #count = 0

  constructor(private readonly most: number) {}

  /** Runs `work` as one more sender. Throws `SignalingError` (503) when there are too many. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#count >= this.most)
      throw new SignalingError(503, `all ${this.most} places for senders are taken`, { 'Retry-After': '1' })
    this.#count++
    try {
      return await work()
    } finally {
      this.#count--
    }
  }
}
