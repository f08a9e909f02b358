import type { PlayerClock } from '../../../../src/cli/player.js'
import { EngineError } from '../../../../src/common/errors.js'
import { openImage, tightByteLength } from '../../../../src/image/index.js'
import type { ByteSink } from '../../../../src/image/stream/byte-sink.js'
import { feed } from '../../../../src/image/stream/byte-sink.js'
import { AllocatedImage, type AllocateOptions } from '../../../../src/track/index.js'
import { seeded } from '../../../support/random.js'

interface Pushed {
  readonly width?: number
  readonly height?: number
  readonly format?: string
  readonly data: Uint8Array
}

/** A track that keeps a copy of everything; compressed images have to be whole, as those of a real one. */
export class FakeTrack {
  readonly pushed: Pushed[] = []
  /** Slots handed out and neither pushed nor given back. */
  held = 0
  isFull = false
  refuse: Error | undefined

  addImage(image: Uint8Array | Pushed): boolean {
    if (this.refuse) throw this.refuse
    if (image instanceof AllocatedImage) {
      image.release(this)
      this.held--
    }
    if (image instanceof Uint8Array) {
      openImage(image)
      this.pushed.push({ data: image.slice() })
    } else {
      const { width, height, format } = image
      this.pushed.push({
        ...(width !== undefined && { width }),
        ...(height !== undefined && { height }),
        ...(format !== undefined && { format }),
        data: Uint8Array.from(image.data),
      })
    }
    return true
  }

  allocate({ width, height, format }: AllocateOptions): AllocatedImage {
    if (this.isFull) throw new EngineError('every slot is held')
    this.held++
    const data = new Uint8Array(tightByteLength(format, width, height))
    return new AllocatedImage(format, width, height, data, this, 0, () => {
      this.held--
    })
  }
}

/** A clock on which every sleep is over at once. */
export class FakeClock implements PlayerClock {
  time = 1_000_000
  now(): number {
    return this.time
  }
  async sleepUntil(time: number, signal: AbortSignal): Promise<void> {
    if (!signal.aborted) this.time = Math.max(this.time, time)
  }
}

/** Bytes that look like noise, the same for the same seed. */
export function noise(length: number, seed: number): Uint8Array {
  const next = seeded(seed)
  return Uint8Array.from({ length }, () => Math.floor(next() * 256))
}

/** Feeds a stream in pieces of all sizes, as pipes give them. */
export async function feedInPieces(sink: ByteSink, bytes: Uint8Array, seed: number): Promise<void> {
  const next = seeded(seed)
  for (let at = 0; at < bytes.length; ) {
    const count = 1 + Math.floor(next() ** 3 * 5000)
    await feed(sink, bytes.subarray(at, at + count))
    at += count
  }
}
