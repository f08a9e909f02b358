import { Transform, type TransformCallback } from 'node:stream'

/** What goes at once, bytes: a packet. */
const PIECE = 1_500
/** What a bad network holds back before TCP notices, bytes. */
const BUFFER = 256 * 1024

/** Lets bytes through at a rate, behind a large buffer: a slow TCP connection. */
export class Throttle extends Transform {
  #due = 0

  /** @param rate bits a second, asked for each packet */
  constructor(private readonly rate: () => number) {
    super({ writableHighWaterMark: BUFFER, readableHighWaterMark: PIECE })
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const next = (at: number): void => {
      if (at >= chunk.length) {
        done()
        return
      }
      const piece = chunk.subarray(at, at + PIECE)
      const now = performance.now()
      this.#due = Math.max(now, this.#due) + (piece.length * 8_000) / this.rate()
      const send = (): void => {
        this.push(piece)
        next(at + PIECE)
      }
      if (this.#due - now > 1) setTimeout(send, this.#due - now)
      else send()
    }
    next(0)
  }
}
