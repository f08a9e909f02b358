import { TokenBucket } from '../../common/token-bucket.js'

/** Of one message, at most. As the option `limits.channelMessageBytes` has it at most; what is more than that option says the engine refuses. */
export const MAX_MESSAGE_BYTES = 65_536
/** Bytes a second that belong to no message. A pong every three seconds takes 2 of them. */
const STRAY_RATE = 4_096
/** Before a frame that a client sends (RFC 6455 §5.2): what it is and its mask, and more for a length from 126 on. */
const HEADER_BYTES = 6
const LONG_HEADER_BYTES = 8
const LONG_FROM = 126

/**
 * Says when more comes over one WebSocket than messages take: pings, pongs, fragments that are empty or tiny. They make
 * work (six bytes can be a frame that wants an answer), and no limit of messages sees them. So the bytes of the
 * connection are counted, and those of each message that came of them are taken off again.
 */
export class StrayMeter {
  /** Room for a message of which the last byte has not come yet, and some. */
  readonly #bytes = new TokenBucket(STRAY_RATE, MAX_MESSAGE_BYTES + 2 * STRAY_RATE)

  /** Bytes that came, before it is known what they are. @param now ms on the monotonic clock */
  came(bytes: number, now: number): void {
    this.#bytes.charge(bytes, now)
  }

  /** A message that they made. */
  made(bytes: number, now: number): void {
    this.#bytes.charge(-(bytes + (bytes < LONG_FROM ? HEADER_BYTES : LONG_HEADER_BYTES)), now)
  }

  isTooMuch(now: number): boolean {
    return this.#bytes.wait(0, now) > 0
  }
}
