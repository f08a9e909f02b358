import {
  AV_PIX_FMT_NV12,
  AV_PIX_FMT_YUV420P,
  AV_PIX_FMT_YUVJ420P,
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_SMPTE170M,
  FFmpegError,
  Frame,
  SoftwareScaleContext,
} from 'node-av'
import type { FrameLayout } from '../../../image/stream/frame-writer.js'
import { CliError } from '../../errors.js'
import { displaySize, settleFrame } from '../frame-converter.js'

/** Formats with half as many rows of chroma as of luma. */
const SUBSAMPLED = new Set<number>([AV_PIX_FMT_YUV420P, AV_PIX_FMT_YUVJ420P, AV_PIX_FMT_NV12])

/** Turns decoded frames into yuv420p as pixelcast takes it: BT.601, limited range, rows without padding. */
export class PlanarConverter {
  readonly #scaler = new SoftwareScaleContext()
  readonly #planar = new Frame()
  #bytes = Buffer.alloc(0)
  #width = 0
  #height = 0

  constructor() {
    this.#scaler.allocContext()
    this.#planar.alloc()
  }

  /** The result is valid until the next call. `pixelAspect`: width of a pixel by its height. */
  async convert(frame: Frame, pixelAspect: number): Promise<{ layout: FrameLayout; data: Buffer }> {
    const { width, height } = displaySize(frame.width, frame.height, pixelAspect)
    settleFrame(frame)
    if (this.#width !== width || this.#height !== height) {
      this.#width = width
      this.#height = height
      this.#planar.unref()
      this.#planar.width = width
      this.#planar.height = height + (height & 1)
      this.#planar.format = AV_PIX_FMT_YUV420P
      this.#planar.colorSpace = AVCOL_SPC_SMPTE170M
      this.#planar.colorRange = AVCOL_RANGE_MPEG
      check(this.#planar.getBuffer())
      this.#bytes = Buffer.alloc(width * height + 2 * Math.ceil(width / 2) * Math.ceil(height / 2))
    }
    this.#planar.height = height
    if (height & 1 && height === frame.height && SUBSAMPLED.has(frame.format)) {
      // libswscale leaves the last row of chroma out when it copies an odd number of rows (seen with FFmpeg
      // 8.1). Behind the last row of luma there is memory: decoders pad it, and ours has a row more.
      frame.height = this.#planar.height = height + 1
    }
    check(await this.#scaler.scaleFrame(this.#planar, frame))
    this.#pack(width, height)
    return { layout: { width, height, format: 'yuv420p' }, data: this.#bytes }
  }

  close(): void {
    this.#planar.free()
    this.#scaler.freeContext()
  }

  #pack(width: number, height: number): void {
    const { data, linesize } = this.#planar
    let at = 0
    for (const plane of [0, 1, 2]) {
      const from = data?.[plane]
      const stride = linesize[plane] ?? 0
      if (!from) throw new CliError('a frame cannot be converted')
      const rowBytes = plane === 0 ? width : Math.ceil(width / 2)
      const rows = plane === 0 ? height : Math.ceil(height / 2)
      for (let row = 0; row < rows; row++) {
        from.copy(this.#bytes, at, row * stride, row * stride + rowBytes)
        at += rowBytes
      }
    }
  }
}

function check(code: number): void {
  if (code < 0) throw new CliError(`a frame cannot be converted (${FFmpegError.strerror(code)})`)
}
