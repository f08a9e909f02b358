import { TokenBucket } from '../common/token-bucket.js'

/** What is borne of one viewer's data channel. */
export interface ChannelLimits {
  /** Messages a second; for a moment twice as many. */
  readonly messages: number
  /** Bytes a second; for a moment twice as many. */
  readonly bytes: number
  /** Longest message, bytes (of texts: characters). */
  readonly messageBytes: number
}

/** Which of them was passed. */
export type ChannelLimit = keyof ChannelLimits

/** Says when more comes in than is borne: so much a second, and so much at once. */
export class IntakeMeter {
  readonly #messages: TokenBucket
  readonly #bytes: TokenBucket

  constructor(private readonly limits: ChannelLimits) {
    this.#messages = new TokenBucket(limits.messages, 2 * limits.messages)
    this.#bytes = new TokenBucket(limits.bytes, 2 * limits.bytes)
  }

  /**
   * Counts a message.
   *
   * @param size bytes
   * @param now ms on the monotonic clock
   * @returns what it is too much for; undefined: it is not
   */
  check(size: number, now: number): ChannelLimit | undefined {
    if (size > this.limits.messageBytes) return 'messageBytes'
    if (!this.#messages.take(1, now)) return 'messages'
    return this.#bytes.take(size, now) ? undefined : 'bytes'
  }
}
