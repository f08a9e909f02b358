import { AV_PIX_FMT_NONE, AVCOL_RANGE_JPEG, AVCOL_RANGE_MPEG, avGetPixFmtFromName, Frame } from 'node-av'
import { CliError } from '../../errors.js'
import { FrameConverter } from '../frame-converter.js'
import type { ImageSink } from '../live.js'
import type { Y4mHeader } from './y4m-header.js'

/** Collects frames that the engine does not read by itself (4:4:4, 10 bits, wide pixels), and converts them. */
export class Y4mConverter {
  readonly #track: ImageSink
  readonly #header: Y4mHeader
  readonly #bytes: Buffer
  readonly #format: ReturnType<typeof avGetPixFmtFromName>
  readonly #converter = new FrameConverter()
  #filled = 0

  constructor(track: ImageSink, header: Y4mHeader, byteLength: number) {
    this.#track = track
    this.#header = header
    // SIMD code in libswscale reads past the end
    this.#bytes = Buffer.alloc(byteLength + 256)
    this.#byteLength = byteLength
    this.#format = avGetPixFmtFromName(header.pixelFormat)
    if (this.#format === AV_PIX_FMT_NONE)
      throw new CliError(`Y4M: pixels of the kind ${header.pixelFormat} cannot be converted`)
  }

  readonly #byteLength: number

  get filled(): number {
    return this.#filled
  }

  room(): Uint8Array {
    return this.#bytes.subarray(this.#filled, this.#byteLength)
  }

  wrote(count: number): boolean {
    this.#filled += count
    if (this.#filled < this.#byteLength) return false
    this.#filled = 0
    const { width, height, pixelAspect, fullRange } = this.#header
    const frame = Frame.fromVideoBuffer(this.#bytes.subarray(0, this.#byteLength), {
      width,
      height,
      format: this.#format,
      timeBase: { num: 1, den: 90_000 },
    })
    try {
      frame.colorRange = fullRange ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG
      // at once, on this thread: the bytes of the next frame go to the same place
      this.#track.addImage(this.#converter.convertSync(frame, pixelAspect))
    } finally {
      frame.free()
    }
    return true
  }

  discard(): void {
    this.#filled = 0
    this.#converter.close()
  }
}
