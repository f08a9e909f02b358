import { AV_PIX_FMT_NV12, AV_PIX_FMT_YUV420P, AV_PIX_FMT_YUVJ420P } from 'node-av/constants'
import { type Frame, SoftwareScaleContext } from 'node-av/lib'
import { evenUp, FramePool, type Picture } from './frames.js'
import { isCompressed, type SourceImage, SourceReader } from './source-reader.js'

/** Formats with half as many rows of chroma as of luma. */
const SUBSAMPLED = new Set<number>([AV_PIX_FMT_YUV420P, AV_PIX_FMT_YUVJ420P, AV_PIX_FMT_NV12])

/**
 * Turns images into pictures for the encoders: decodes what is compressed, converts to planar 4:2:0
 * in the output colour, fills odd sizes up. One conversion under way at a time.
 */
export class Converter {
  readonly #pool = new FramePool()
  readonly #reader = new SourceReader()
  #scaler: SoftwareScaleContext | undefined
  #scalerKey = ''

  /**
   * The picture is the caller's until `recycle`. `image.data` must not change before the promise settles.
   *
   * @throws ImageError when compressed bytes do not decode
   */
  async convert(image: SourceImage): Promise<Picture> {
    const source = await this.#reader.read(image)
    try {
      return await this.#toPicture(source, isCompressed(image.format))
    } finally {
      source.free()
    }
  }

  /** Gives a picture's memory back. */
  recycle(picture: Picture): void {
    this.#pool.give(picture.frame)
  }

  close(): void {
    this.#scaler?.freeContext()
    this.#scaler = undefined
    this.#pool.close()
    this.#reader.close()
  }

  async #toPicture(source: Frame, blend: boolean): Promise<Picture> {
    const { width, height } = source
    const frame = this.#pool.take(evenUp(width), evenUp(height))
    // The scaler sees the true size: chroma of odd sizes is rounded up anyway, luma is filled up below.
    frame.width = width
    frame.height = height
    if (height & 1 && SUBSAMPLED.has(source.format)) {
      // libswscale leaves the last row of chroma out when it copies an odd number of rows (seen with
      // FFmpeg 8.1). There is memory behind the last row of luma: the chroma planes.
      source.height = frame.height = evenUp(height)
    }
    const result = await this.#scalerFor(source, blend).scaleFrame(frame, source)
    frame.width = evenUp(width)
    frame.height = evenUp(height)
    if (result < 0) {
      this.#pool.give(frame)
      throw new Error(`conversion of ${width}×${height} format ${source.format} failed (${result})`)
    }
    if (width & 1 || height & 1) fillUp(frame, width, height)
    return { frame, width, height }
  }

  /** Size, format and colour come from the frames themselves; a new context per kind of image keeps libswscale from guessing. */
  #scalerFor(source: Frame, blend: boolean): SoftwareScaleContext {
    const key = `${source.width}x${source.height}:${source.format}:${source.colorSpace}:${source.colorRange}:${blend}`
    if (this.#scaler && key === this.#scalerKey) return this.#scaler
    this.#scaler?.freeContext()
    const scaler = new SoftwareScaleContext()
    scaler.allocContext()
    // Area averages the four pixels of a chroma sample; full_chroma_inp reads all of them.
    scaler.setOption('sws_flags', 'area+accurate_rnd+full_chroma_inp')
    // Transparent parts of a file are shown as on a canvas: on black. The alpha of raw pixels is ignored.
    if (blend) scaler.setOption('alphablend', 'uniform_color')
    this.#scaler = scaler
    this.#scalerKey = key
    return scaler
  }
}

/** Repeats the last column and row of luma, so that the padding of an odd size costs no bits and blurs nothing. */
function fillUp(frame: Frame, width: number, height: number): void {
  const luma = frame.data?.[0]
  const stride = frame.linesize[0]
  if (!luma || !stride) return
  if (width & 1) {
    for (let row = 0; row < height; row++)
      luma[row * stride + width] = luma[row * stride + width - 1] as number
  }
  if (height & 1) luma.copyWithin(height * stride, (height - 1) * stride, (height - 1) * stride + width + 1)
}
