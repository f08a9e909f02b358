/** What became of an image that came over HTTP: the track took it, had no room for it, or it was none. */
export type ImageFate = 'taken' | 'dropped' | 'refused'

const FATES: readonly ImageFate[] = ['taken', 'dropped', 'refused']

/** Counts images by fate, in memory that the threads share: they come in through both. The counters wrap at 32 bits. */
export class IngestCounts {
  readonly #words: Int32Array

  constructor(memory: SharedArrayBuffer = IngestCounts.memory()) {
    this.#words = new Int32Array(memory)
  }

  static memory(): SharedArrayBuffer {
    return new SharedArrayBuffer(FATES.length * Int32Array.BYTES_PER_ELEMENT)
  }

  add(fate: ImageFate, by = 1): void {
    Atomics.add(this.#words, FATES.indexOf(fate), by)
  }

  read(): Record<ImageFate, number> {
    const [taken = 0, dropped = 0, refused = 0] = FATES.map(
      (_, word) => Atomics.load(this.#words, word) >>> 0,
    )
    return { taken, dropped, refused }
  }
}
