const FIRST_BYTES = 64 * 1024
/** More is not set aside on somebody's word. */
const MOST_EXPECTED = 1024 * 1024

/** Bytes that come in pieces, up to a limit. Memory grows with what came, not with what was announced. */
export class GrowingBuffer {
  #memory = new Uint8Array(0)
  #length = 0
  readonly #first: number

  constructor(
    /** Bytes; more are not taken. */
    readonly limit: number,
    /** Bytes that are likely to come. */
    expected = 0,
  ) {
    this.#first = Math.max(FIRST_BYTES, Math.min(expected, MOST_EXPECTED))
  }

  get length(): number {
    return this.#length
  }

  /** What came so far; valid until the next change. */
  get bytes(): Uint8Array {
    return this.#memory.subarray(0, this.#length)
  }

  /** False, and nothing is taken, when it would be more than the limit. */
  append(bytes: Uint8Array): boolean {
    const needed = this.#length + bytes.length
    if (needed > this.limit) return false
    if (needed > this.#memory.length) {
      const size = Math.max(needed, this.#memory.length * 2, this.#first)
      const larger = new Uint8Array(Math.min(size, this.limit))
      larger.set(this.bytes)
      this.#memory = larger
    }
    this.#memory.set(bytes, this.#length)
    this.#length = needed
    return true
  }

  /** Forgets all but the last so many bytes. */
  keepLast(count: number): void {
    const kept = Math.min(count, this.#length)
    this.#memory.copyWithin(0, this.#length - kept, this.#length)
    this.#length = kept
  }

  /** Forgets what came, and keeps the memory for what comes next. */
  clear(): void {
    this.#length = 0
  }
}
