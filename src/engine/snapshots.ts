import { encodeImage, isCompressed, type SourceImage, SourceReader } from '../encode/index.js'
import { READ_AHEAD } from '../track/index.js'

export type SnapshotFormat = 'png' | 'jpg'

interface Running {
  readonly image: SourceImage
  readonly file: Promise<Uint8Array>
}

/**
 * Encodes a track's last image as a file for whoever asks: one at a time, and once for all that ask for
 * the same. Otherwise a few people who ask for large PNGs would take every thread of libuv's pool, and the
 * stream would stand still.
 */
export class Snapshots {
  readonly #running = new Map<SnapshotFormat, Running>()
  #turn: Promise<unknown> = Promise.resolve()

  /**
   * @param latest gives the last image, or undefined when there is none (any more)
   * @throws ImageError when it is compressed and does not decode
   */
  async take(format: SnapshotFormat, latest: () => SourceImage | undefined): Promise<Uint8Array | undefined> {
    for (;;) {
      const image = latest()
      if (!image) return undefined
      const running = this.#running.get(format)
      if (!running) return this.#start(format, image)
      if (running.image === image) return running.file
      await running.file.catch(() => {})
    }
  }

  /** Resolves when nothing is being encoded. */
  async idle(): Promise<void> {
    await this.#turn
  }

  #start(format: SnapshotFormat, image: SourceImage): Promise<Uint8Array> {
    // Copied now: its memory may be in other hands before its turn comes.
    const copy = { ...image, data: copyOf(image.data) }
    const file = this.#turn.then(() => encode(copy, format)).finally(() => this.#running.delete(format))
    this.#running.set(format, { image, file })
    this.#turn = file.catch(() => {})
    return file
  }
}

/** With readable bytes behind it, as a slot has them: libswscale reads past the end. */
function copyOf(data: Uint8Array): Uint8Array {
  const copy = new Uint8Array(data.byteLength + READ_AHEAD)
  copy.set(data)
  return copy.subarray(0, data.byteLength)
}

async function encode(image: SourceImage, format: SnapshotFormat): Promise<Uint8Array> {
  if (image.format === (format === 'jpg' ? 'jpeg' : 'png')) return image.data
  const reader = new SourceReader()
  try {
    const frame = await reader.read(image)
    try {
      return await encodeImage(frame, format, isCompressed(image.format))
    } finally {
      frame.free()
    }
  } finally {
    reader.close()
  }
}
