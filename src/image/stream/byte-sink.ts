/**
 * Takes a stream of bytes apart. Whoever reads writes straight into `room()`, so that the pixels of a raw
 * stream are copied once, by the system, into the memory where the engine reads them.
 */
export interface ByteSink {
  /** Where the next bytes belong; never empty, valid until the next `wrote`. */
  room(): Uint8Array
  /**
   * So many bytes were written to the start of `room()`. A promise asks the reader to wait for it.
   * Throws when the stream cannot be understood any further.
   */
  wrote(count: number): void | Promise<void>
  /** The stream is over. */
  end(): StreamEnd
}

/** What became of a stream. */
export interface StreamEnd {
  /** Whole images in it. */
  readonly images: number
  /** Bytes of an image that was not complete. */
  readonly incomplete: number
}

/** Hands over bytes that were read somewhere else; they must stay as they are until the promise, if any, resolves. */
export function feed(sink: Pick<ByteSink, 'room' | 'wrote'>, bytes: Uint8Array): void | Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const room = sink.room()
    const count = Math.min(room.length, bytes.length - at)
    room.set(bytes.subarray(at, at + count))
    at += count
    const wait = sink.wrote(count)
    if (wait) {
      const rest = bytes.subarray(at)
      return wait.then(() => feed(sink, rest))
    }
  }
}
