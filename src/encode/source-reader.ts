import {
  AV_PIX_FMT_BGR24,
  AV_PIX_FMT_BGRA,
  AV_PIX_FMT_GRAY8,
  AV_PIX_FMT_NV12,
  AV_PIX_FMT_RGB24,
  AV_PIX_FMT_RGBA,
  AV_PIX_FMT_YUV420P,
  AVCOL_RANGE_JPEG,
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_RGB,
  AVCOL_SPC_SMPTE170M,
  type AVPixelFormat,
} from 'node-av/constants'
import { Frame } from 'node-av/lib'
import { ImageError } from '../common/errors.js'
import { MAX_SIZE } from '../image/check.js'
import type { EncodedSize } from '../image/encoded-size.js'
import { isSideways, type Orientation, readOrientation } from '../image/exif.js'
import type { EncodedFormat, PixelFormat, SourceFormat } from '../image/source.js'
import { firstWebpPicture, type Placement } from '../image/webp.js'
import { ImageDecoder } from './image-decoder.js'
import { Straightener } from './straightener.js'

const PIXEL_FORMAT: Record<PixelFormat, AVPixelFormat> = {
  bgr24: AV_PIX_FMT_BGR24,
  rgb24: AV_PIX_FMT_RGB24,
  bgra: AV_PIX_FMT_BGRA,
  rgba: AV_PIX_FMT_RGBA,
  gray8: AV_PIX_FMT_GRAY8,
  yuv420p: AV_PIX_FMT_YUV420P,
  nv12: AV_PIX_FMT_NV12,
}

const NO_TIME = { num: 1, den: 90_000 }

/** An image as it lies in a slot: rows without padding, or compressed bytes. */
export interface SourceImage {
  readonly format: SourceFormat
  readonly width: number
  readonly height: number
  readonly data: Uint8Array
}

export function isCompressed(format: SourceFormat): format is EncodedFormat {
  return !(format in PIXEL_FORMAT)
}

/** Makes an FFmpeg frame of an image: over the slot's memory when it is pixels, decoded when it is a file. */
export class SourceReader {
  readonly #decoder = new ImageDecoder()
  readonly #straightener = new Straightener()

  /**
   * Files come out upright, as their Exif data says; of an animation the first picture. One call at a time. `image.data` must not change while the frame is in use; the caller frees it.
   *
   * @throws ImageError when compressed bytes do not decode
   */
  async read(image: SourceImage): Promise<Frame> {
    if (isCompressed(image.format)) return this.#readFile(image.format, image)
    return wrapPixels(image.format, image)
  }

  async #readFile(format: EncodedFormat, image: SourceImage): Promise<Frame> {
    const { data } = image
    const orientation = readOrientation(data)
    const first = format === 'webp' ? firstWebpPicture(data) : undefined
    const placement = first?.placement
    if (placement) checkCanvas(placement, image, orientation)
    const frame = await this.#decoder.decode(format, first?.file ?? data)
    try {
      checkDecoded(frame, placement)
    } catch (error) {
      frame.free()
      throw error
    }
    return this.#straightener.straighten(frame, { orientation, placement })
  }

  close(): void {
    this.#decoder.close()
    this.#straightener.close()
  }
}

/*
 * The door has checked the size that the header tells. What the file is made of in the end has to fit it: a file
 * that can be read in two ways, or was changed in its slot meanwhile, must not decide how much memory is taken.
 */

/** @throws ImageError unless the canvas of an animation is as large as the door was told */
function checkCanvas({ canvas }: Placement, { width, height }: EncodedSize, orientation: Orientation): void {
  const [wide, high] = isSideways(orientation) ? [height, width] : [width, height]
  if (canvas.width === wide && canvas.height === high) return
  throw new ImageError({
    field: 'data',
    expected: `a canvas of ${wide}×${high} pixels, as in its header`,
    actual: `one of ${canvas.width}×${canvas.height}`,
  })
}

/** @throws ImageError when a decoded picture is too wide or too high, or does not lie on its canvas */
function checkDecoded({ width, height }: EncodedSize, placement: Placement | undefined): void {
  const { canvas, left, top } = placement ?? { canvas: LARGEST, left: 0, top: 0 }
  if (left + width <= canvas.width && top + height <= canvas.height) return
  throw new ImageError({
    field: 'data',
    expected: `a picture within ${canvas.width}×${canvas.height} pixels`,
    actual: `one of ${width}×${height}${placement ? ` at ${left}, ${top}` : ''}`,
  })
}

const LARGEST: EncodedSize = { width: MAX_SIZE, height: MAX_SIZE }

/** A frame over the slot's memory, without a copy. */
function wrapPixels(format: PixelFormat, image: SourceImage): Frame {
  const { data, width, height } = image
  const buffer = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  const frame = Frame.fromVideoBuffer(buffer, {
    width,
    height,
    format: PIXEL_FORMAT[format],
    timeBase: NO_TIME,
  })
  const isYuv = format === 'yuv420p' || format === 'nv12'
  frame.colorRange = isYuv ? AVCOL_RANGE_MPEG : AVCOL_RANGE_JPEG
  frame.colorSpace = isYuv || format === 'gray8' ? AVCOL_SPC_SMPTE170M : AVCOL_SPC_RGB
  return frame
}
