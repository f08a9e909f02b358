import { asImageError, checkSize, refuse, type Shape, toBytes } from './check.js'
import { checkLength, RawSource } from './raw-source.js'
import type { ImageSource, PixelFormat } from './source.js'

/** The part of a sharp pipeline that is used. */
interface Sharp {
  clone(): Sharp
  toColourspace(space: 'srgb'): Sharp
  raw(options: { depth: 'uchar' }): Sharp
  toBuffer(options: { resolveWithObject: true }): Promise<{ data: unknown; info: Info }>
}
interface Info {
  readonly width: number
  readonly height: number
  readonly channels: number
  readonly premultiplied?: boolean
}

const FORMATS: Readonly<Record<number, PixelFormat>> = { 1: 'gray8', 2: 'gray8', 3: 'rgb24', 4: 'rgba' }

/**
 * A sharp pipeline: a chain of calls that ends without an output. `raw` is asked for only where
 * `toColourspace` is, because on a skia-canvas it is a getter that renders the canvas.
 */
export function isSharp(image: Shape): boolean {
  return (
    typeof image.toBuffer === 'function' &&
    typeof image.toColourspace === 'function' &&
    typeof image.raw === 'function' &&
    typeof image.clone === 'function'
  )
}

/**
 * Runs a clone of the pipeline, so that the caller's keeps its output format. 8-bit sRGB is asked for,
 * because sharp clips 16-bit pixels instead of scaling them, and gives CMYK and Lab as they are.
 * Transparency is composited on black, as with a canvas.
 */
export async function openSharp(image: Shape): Promise<ImageSource> {
  const { data, info } = await run(image as unknown as Sharp)
  const { channels } = info
  const format = FORMATS[channels]
  if (!format) return refuse('channels', '1 to 4', `${channels}`)
  const width = checkSize(info.width, 'width')
  const height = checkSize(info.height, 'height')
  const bytes = toBytes(data, 'data')
  checkLength(bytes, width * height * channels, 'data', `${width}×${height}, ${channels} channels`)
  if (channels === 2) return new RawSource(format, width, height, grayOnBlack(bytes, info.premultiplied))
  if (channels === 4 && !info.premultiplied) multiplyByAlpha(bytes)
  return new RawSource(format, width, height, bytes)
}

async function run(pipeline: Sharp): Promise<{ data: unknown; info: Info }> {
  try {
    const output = pipeline.clone().toColourspace('srgb').raw({ depth: 'uchar' })
    return await output.toBuffer({ resolveWithObject: true })
  } catch (error) {
    throw asImageError(error, 'a sharp pipeline that gives pixels')
  }
}

/** In place: the bytes are the pipeline's output and nobody else's. */
function multiplyByAlpha(rgba: Uint8Array): void {
  for (let at = 3; at < rgba.length; at += 4) {
    const alpha = rgba[at]!
    if (alpha === 255) continue
    rgba[at - 3] = Math.round((rgba[at - 3]! * alpha) / 255)
    rgba[at - 2] = Math.round((rgba[at - 2]! * alpha) / 255)
    rgba[at - 1] = Math.round((rgba[at - 1]! * alpha) / 255)
  }
}

function grayOnBlack(grayAlpha: Uint8Array, premultiplied = false): Uint8Array {
  const gray = new Uint8Array(grayAlpha.length / 2)
  for (let at = 0; at < gray.length; at++) {
    const alpha = premultiplied ? 255 : grayAlpha[2 * at + 1]!
    gray[at] = Math.round((grayAlpha[2 * at]! * alpha) / 255)
  }
  return gray
}
