import { AV_PIX_FMT_NV12, AV_PIX_FMT_YUV420P, AV_PIX_FMT_YUVJ420P } from 'node-av/constants'
import { type Frame, SoftwareScaleContext } from 'node-av/lib'
import { evenUp, FramePool, type Picture } from './frames.js'
import { type Scale, scaledSize } from './scale.js'

/** Formats with half as many rows of chroma as of luma. */
const SUBSAMPLED = new Set<number>([AV_PIX_FMT_YUV420P, AV_PIX_FMT_YUVJ420P, AV_PIX_FMT_NV12])

/** Converts frames to planar 4:2:0 in the output colour at one scale, and fills odd sizes up. One conversion at a time. */
export class Scaler {
  readonly #pool = new FramePool()
  #context: SoftwareScaleContext | undefined
  #key = ''

  constructor(private readonly scale: Scale) {}

  /** @param blend show what is transparent on black; else alpha is ignored */
  async convert(source: Frame, blend: boolean): Promise<Picture> {
    const image = { width: source.width, height: source.height }
    const { width, height } = scaledSize(image, this.scale)
    const frame = this.#pool.take(evenUp(width), evenUp(height))
    // The scaler sees the true size: chroma of odd sizes is rounded up anyway, luma is filled up below.
    frame.width = width
    frame.height = height
    const cutsChroma = this.scale === 1 && height & 1 && SUBSAMPLED.has(source.format)
    // libswscale leaves the last row of chroma out when it copies an odd number of rows (seen with
    // FFmpeg 8.1). There is memory behind the last row of luma: the chroma planes.
    if (cutsChroma) source.height = frame.height = evenUp(height)
    const result = await this.#contextFor(source, blend).scaleFrame(frame, source)
    if (cutsChroma) source.height = height
    frame.width = evenUp(width)
    frame.height = evenUp(height)
    if (result < 0) {
      this.#pool.give(frame)
      throw new Error(
        `conversion of ${image.width}×${image.height} format ${source.format} failed (${result})`,
      )
    }
    if (width & 1 || height & 1) fillUp(frame, width, height)
    return { frame, width, height, image, scale: this.scale }
  }

  recycle(picture: Picture): void {
    this.#pool.give(picture.frame)
  }

  close(): void {
    this.#context?.freeContext()
    this.#context = undefined
    this.#pool.close()
  }

  /** Size, format and colour come from the frames themselves; a new context per kind of image keeps libswscale from guessing. */
  #contextFor(source: Frame, blend: boolean): SoftwareScaleContext {
    const key = `${source.width}x${source.height}:${source.format}:${source.colorSpace}:${source.colorRange}:${blend}`
    if (this.#context && key === this.#key) return this.#context
    this.#context?.freeContext()
    const context = new SoftwareScaleContext()
    context.allocContext()
    // Area averages the four pixels of a chroma sample; full_chroma_inp reads all of them.
    context.setOption('sws_flags', 'area+accurate_rnd+full_chroma_inp')
    // Transparent parts of a file are shown as on a canvas: on black. The alpha of raw pixels is ignored.
    if (blend) context.setOption('alphablend', 'uniform_color')
    this.#context = context
    this.#key = key
    return context
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
