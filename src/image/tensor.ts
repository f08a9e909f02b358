import { checkKeys } from '../common/errors.js'
import { checkSize, checkTimestamp, DETACHED, describe, refuse, toBytes } from './check.js'
import { RawSource } from './raw-source.js'
import type { ImageSource, PixelFormat } from './source.js'

/** Values in a typed array of numbers: `Float32Array`, `Uint8Array` and the like, not of bigints. */
export type TensorData = ArrayBufferView & ArrayLike<number>

/** How a tensor's values make an image. */
export interface TensorOptions {
  /** Pixels, an integer from 2 to 8192. */
  readonly width: number
  /** Pixels, an integer from 2 to 8192. */
  readonly height: number
  /** Values of a pixel: 1 is gray, 3 are colours, 4 are colours and an alpha that is ignored. Default: 3. */
  readonly channels?: 1 | 3 | 4 | undefined
  /**
   * `'hwc'`: the channels of a pixel lie together, as in images. `'chw'`: one plane after the other, as
   * PyTorch has it. Default: `'hwc'`.
   */
  readonly layout?: 'hwc' | 'chw' | undefined
  /** Order of the colours. Default: `'rgb'`. */
  readonly order?: 'rgb' | 'bgr' | undefined
  /**
   * The values that become 0 and 255; what lies outside is cut off, NaN is the lower end. Default: `[0, 1]`
   * for floating point, `[0, 255]` for bytes; other integers have none.
   */
  readonly range?: readonly [number, number] | undefined
  /** When the image was captured, in ms since the Unix epoch. Default: when it is pushed. */
  readonly timestamp?: number | undefined
}

const KEYS = ['width', 'height', 'channels', 'layout', 'order', 'range', 'timestamp'] as const
const FLOATS = ['Float16Array', 'Float32Array', 'Float64Array']
const BYTES = ['Uint8Array', 'Uint8ClampedArray']
const INTEGERS = ['Int8Array', 'Uint16Array', 'Int16Array', 'Uint32Array', 'Int32Array']

const FORMATS = {
  rgb: { 1: 'gray8', 3: 'rgb24', 4: 'rgba' },
  bgr: { 1: 'gray8', 3: 'bgr24', 4: 'bgra' },
} as const

/**
 * A tensor seen as an image, from `fromTensor`. Holds no pixels of its own: `addImage` converts the values on
 * their way into the engine's memory, each time anew.
 */
export class TensorImage {
  /** What the pixels become. */
  readonly format: PixelFormat
  /** Pixels. */
  readonly width: number
  /** Pixels. */
  readonly height: number
  /** When the image was captured, ms since the Unix epoch. */
  readonly timestamp?: number
  readonly #source: ImageSource

  /** @internal Made by `fromTensor`. */
  constructor(source: ImageSource & { readonly format: PixelFormat }) {
    this.format = source.format
    this.width = source.width
    this.height = source.height
    if (source.timestamp !== undefined) this.timestamp = source.timestamp
    this.#source = source
  }

  /** @internal What was checked, whatever became of the fields; undefined for other objects. */
  static sourceOf(image: object): ImageSource | undefined {
    return #source in image ? image.#source : undefined
  }
}

/**
 * A tensor as an image, for `addImage`: what a model gives or takes. Nothing is copied before the image is
 * added; the values are then converted straight into the engine's memory.
 *
 * @param data Exactly `width * height * channels` values. Of a batch, pass one image:
 *   `data.subarray(index * size, (index + 1) * size)`
 * @throws ImageError naming the field. @throws OptionError for an option that does not exist
 */
export function fromTensor(data: TensorData, options: TensorOptions): TensorImage {
  checkKeys(options, KEYS)
  const kind = kindOf(data)
  const width = checkSize(options.width, 'width')
  const height = checkSize(options.height, 'height')
  const { channels = 3, layout = 'hwc', order = 'rgb' } = options
  if (channels !== 1 && channels !== 3 && channels !== 4) refuse('channels', '1, 3 or 4', describe(channels))
  if (layout !== 'hwc' && layout !== 'chw') refuse('layout', '"hwc" or "chw"', describe(layout))
  if (order !== 'rgb' && order !== 'bgr') refuse('order', '"rgb" or "bgr"', describe(order))
  checkCount(data, width, height, channels)
  const [low, high] = checkRange(options.range, kind)
  const timestamp = checkTimestamp(options.timestamp)
  const format = FORMATS[order][channels]
  const planes = layout === 'chw' ? channels : 1
  if (BYTES.includes(kind) && low === 0 && high === 255 && planes === 1)
    return new TensorImage(new RawSource(format, width, height, toBytes(data, 'data'), { timestamp }))
  const byteLength = width * height * channels
  const convert = CONVERSIONS[planes]
  return new TensorImage({
    ...{ format, width, height, byteLength, alignment: 0, ...(timestamp !== undefined && { timestamp }) },
    copyTo: (target) => {
      if (data.length !== byteLength) refuse('data', `${byteLength} values until they were copied`, DETACHED)
      // A clamped array rounds, cuts off and makes 0 of NaN.
      const pixels = new Uint8ClampedArray(target.buffer, target.byteOffset, byteLength)
      convert(data, pixels, low, 255 / (high - low))
    },
  })
}

/** The name of the array's type. */
function kindOf(data: unknown): string {
  if (ArrayBuffer.isView(data)) {
    const kind = (data as unknown as { readonly [Symbol.toStringTag]: string })[Symbol.toStringTag]
    if ([...FLOATS, ...BYTES, ...INTEGERS].includes(kind)) return kind
  }
  return refuse(
    'data',
    'a typed array of numbers, such as Float32Array or Uint8Array (of a tensor object, its data)',
    describe(data),
  )
}

function checkCount(data: TensorData, width: number, height: number, channels: number): void {
  const size = width * height * channels
  if (data.length === size) return
  const isBatch = data.length > size && data.length % size === 0
  refuse(
    'data',
    `${size} values (${width}×${height}, ${channels} channel${channels === 1 ? '' : 's'})`,
    `${data.length}${isBatch ? ` (a batch of ${data.length / size}? Pass one image of it)` : ''}`,
  )
}

function checkRange(value: unknown, kind: string): readonly [number, number] {
  if (value === undefined) {
    if (FLOATS.includes(kind)) return [0, 1]
    if (BYTES.includes(kind)) return [0, 255]
    return refuse('range', `[lowest, highest] for a ${kind}`, 'undefined')
  }
  if (Array.isArray(value) && value.length === 2 && value.every(Number.isFinite)) {
    const [low, high] = value as [number, number]
    if (low < high && Number.isFinite(high - low)) return [low, high]
  }
  return refuse('range', '[lowest, highest], two finite numbers that rise', describe(value))
}

/** By the number of planes. */
const CONVERSIONS = { 1: scaleValues, 3: interleave3, 4: interleave4 } as const

/** Four at a time: a third faster (5.3 against 7.6 ms for 1080p in three channels). */
function scaleValues(data: TensorData, pixels: Uint8ClampedArray, low: number, scale: number): void {
  const whole = data.length - (data.length % 4)
  for (let i = 0; i < whole; i += 4) {
    pixels[i] = (data[i]! - low) * scale
    pixels[i + 1] = (data[i + 1]! - low) * scale
    pixels[i + 2] = (data[i + 2]! - low) * scale
    pixels[i + 3] = (data[i + 3]! - low) * scale
  }
  for (let i = whole; i < data.length; i++) pixels[i] = (data[i]! - low) * scale
}

function interleave3(data: TensorData, pixels: Uint8ClampedArray, low: number, scale: number): void {
  const size = data.length / 3
  const second = size
  const third = 2 * size
  for (let i = 0, at = 0; i < size; i++, at += 3) {
    pixels[at] = (data[i]! - low) * scale
    pixels[at + 1] = (data[i + second]! - low) * scale
    pixels[at + 2] = (data[i + third]! - low) * scale
  }
}

function interleave4(data: TensorData, pixels: Uint8ClampedArray, low: number, scale: number): void {
  const size = data.length / 4
  for (let i = 0, at = 0; i < size; i++, at += 4) {
    pixels[at] = (data[i]! - low) * scale
    pixels[at + 1] = (data[i + size]! - low) * scale
    pixels[at + 2] = (data[i + 2 * size]! - low) * scale
    pixels[at + 3] = (data[i + 3 * size]! - low) * scale
  }
}
