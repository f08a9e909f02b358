import {
  AV_PIX_FMT_RGBA,
  AVCOL_SPC_BT709,
  AVCOL_SPC_SMPTE170M,
  AVCOL_SPC_UNSPECIFIED,
  FFmpegError,
  Frame,
  SoftwareScaleContext,
} from 'node-av'
import type { Orientation } from '../../image/exif.js'
import { CliError } from '../errors.js'
import type { PixelImage } from './types.js'

/** Clockwise quarter turns. */
export type Turns = 0 | 1 | 2 | 3

/** How a picture becomes upright: mirrored left to right, if so, and then turned. */
export interface Upright {
  readonly turns: Turns
  readonly mirror: boolean
}

/** What Exif's eight orientations (see image/exif.ts) ask for. */
export function uprightFor(orientation: Orientation): Upright {
  const turns = ([0, 0, 2, 2, 3, 1, 1, 3] as const)[orientation - 1] ?? 0
  return { turns, mirror: [2, 4, 5, 7].includes(orientation) }
}

/** From this height on, video that does not say how it was made is BT.709, as players assume. */
const HD_HEIGHT = 720

/** Fills in the matrix of a frame that does not say how it was made. */
export function assumeColour(frame: Frame): void {
  if (frame.colorSpace === AVCOL_SPC_UNSPECIFIED)
    frame.colorSpace = frame.height >= HD_HEIGHT ? AVCOL_SPC_BT709 : AVCOL_SPC_SMPTE170M
}

/** Turns decoded frames into upright RGBA with square pixels. One buffer, reused for every frame. */
export class FrameConverter {
  readonly #scaler = new SoftwareScaleContext()
  readonly #rgba = new Frame()
  #turned = new Uint32Array(0)

  constructor() {
    // a context that is only allocated takes size, format, matrix and range from each pair of frames
    this.#scaler.allocContext()
    this.#rgba.alloc()
  }

  /** The result is valid until the next call. `pixelAspect`: width of a pixel by its height. */
  async convert(frame: Frame, pixelAspect: number, turns: Turns, mirror = false): Promise<PixelImage> {
    this.#prepare(frame, pixelAspect)
    check(await this.#scaler.scaleFrame(this.#rgba, frame))
    return this.#result(turns, mirror)
  }

  /** The same on the calling thread, about 3 ms for 1080p. */
  convertSync(frame: Frame, pixelAspect: number, turns: Turns): PixelImage {
    this.#prepare(frame, pixelAspect)
    check(this.#scaler.scaleFrameSync(this.#rgba, frame))
    return this.#result(turns, false)
  }

  close(): void {
    this.#rgba.free()
    this.#scaler.freeContext()
  }

  #prepare(frame: Frame, pixelAspect: number): void {
    assumeColour(frame)
    const { width, height } = displaySize(frame.width, frame.height, pixelAspect)
    if (this.#rgba.width === width && this.#rgba.height === height) return
    this.#rgba.unref()
    this.#rgba.width = width
    this.#rgba.height = height
    this.#rgba.format = AV_PIX_FMT_RGBA
    check(this.#rgba.getBuffer())
  }

  #result(turns: Turns, mirror: boolean): PixelImage {
    const { width, height } = this.#rgba
    const data = this.#rgba.data?.[0]
    const stride = this.#rgba.linesize[0]
    if (!data || !stride) throw new CliError('a frame cannot be converted')
    if (turns === 0 && !mirror) return { data, width, height, stride, format: 'rgba' }
    if (this.#turned.length !== width * height) this.#turned = new Uint32Array(width * height)
    const pixels = new Uint32Array(data.buffer, data.byteOffset, (stride / 4) * height)
    if (mirror) mirrorRows(pixels, stride / 4, width, height)
    turn(pixels, stride / 4, width, height, turns, this.#turned)
    const sideways = turns % 2 === 1
    return {
      data: new Uint8Array(this.#turned.buffer),
      width: sideways ? height : width,
      height: sideways ? width : height,
      format: 'rgba',
    }
  }
}

/** The size with square pixels: the narrow direction grows, so that no detail is lost. */
export function displaySize(width: number, height: number, pixelAspect: number) {
  if (!(pixelAspect > 0.1 && pixelAspect < 10)) return { width, height }
  return pixelAspect >= 1
    ? { width: Math.round(width * pixelAspect), height }
    : { width, height: Math.round(height / pixelAspect) }
}

/** Turns an image of 32-bit pixels clockwise; `stride` in pixels, the result without padding. */
export function turn(
  source: Uint32Array,
  stride: number,
  width: number,
  height: number,
  turns: Turns,
  target: Uint32Array,
): void {
  for (let y = 0; y < height; y++) {
    const row = y * stride
    for (let x = 0; x < width; x++) {
      const pixel = source[row + x]!
      if (turns === 0) target[y * width + x] = pixel
      else if (turns === 1) target[x * height + (height - 1 - y)] = pixel
      else if (turns === 2) target[(height - 1 - y) * width + (width - 1 - x)] = pixel
      else target[(width - 1 - x) * height + y] = pixel
    }
  }
}

/** Mirrors an image of 32-bit pixels left to right, in place. */
export function mirrorRows(pixels: Uint32Array, stride: number, width: number, height: number): void {
  for (let y = 0; y < height; y++) pixels.subarray(y * stride, y * stride + width).reverse()
}

function check(code: number): void {
  if (code < 0) throw new CliError(`a frame cannot be converted (${FFmpegError.strerror(code)})`)
}
