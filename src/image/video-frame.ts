import { checkSize, describe, MAX_BYTES, refuse, type Shape } from './check.js'
import { leastByteLength, type Plane, planeSizes } from './layout.js'
import { RawSource } from './raw-source.js'
import type { ImageSource, PixelFormat } from './source.js'

/** The part of a WebCodecs `VideoFrame` that is used (w3c.github.io/webcodecs, section 9.4). */
interface VideoFrame {
  readonly format: string | null
  readonly codedWidth: number
  readonly codedHeight: number
  readonly visibleRect?: { readonly width: number; readonly height: number } | null
  allocationSize(): number
  copyTo(destination: Uint8Array): PromiseLike<unknown>
}

const FORMATS: Readonly<Record<string, PixelFormat>> = {
  RGBA: 'rgba',
  RGBX: 'rgba',
  BGRA: 'bgra',
  BGRX: 'bgra',
  I420: 'yuv420p',
  NV12: 'nv12',
}

/** A `VideoFrame` of any WebCodecs implementation. */
export function isVideoFrame(image: Shape): boolean {
  return typeof image.allocationSize === 'function' && typeof image.copyTo === 'function'
}

/**
 * Copies the frame's visible rectangle as it is stored: its display size, rotation and time (which
 * counts from the start of the medium, not from 1970) are not looked at.
 */
export async function openVideoFrame(image: Shape): Promise<ImageSource> {
  const frame = image as unknown as VideoFrame
  const name = frame.format
  if (name === null) return refuse('format', 'an open VideoFrame', 'null (the frame was closed)')
  if (typeof name !== 'string' || !Object.hasOwn(FORMATS, name))
    return refuse('format', `one of ${Object.keys(FORMATS).join(', ')}`, describe(name))
  const format = FORMATS[name]!
  const { visibleRect } = frame
  const width = checkSize(visibleRect ? visibleRect.width : frame.codedWidth, 'visibleRect.width')
  const height = checkSize(visibleRect ? visibleRect.height : frame.codedHeight, 'visibleRect.height')

  const size = frame.allocationSize()
  // Rows may be padded, but no implementation doubles the largest image.
  if (!Number.isInteger(size) || size <= 0 || size > 2 * MAX_BYTES)
    refuse('allocationSize()', `an integer up to ${2 * MAX_BYTES} (bytes)`, describe(size))
  // Zeroed, because a frame that writes less than it promised would show this process's memory.
  const bytes = new Uint8Array(size)
  const planes = checkLayouts(await frame.copyTo(bytes), format, width, height)
  const least = leastByteLength(planes)
  if (least > size) refuse('allocationSize()', `at least ${least} bytes (the planes' layout)`, `${size}`)
  return new RawSource(format, width, height, bytes, { planes })
}

function checkLayouts(
  layouts: unknown,
  format: PixelFormat,
  width: number,
  height: number,
): readonly Plane[] {
  const sizes = planeSizes(format, width, height)
  if (!Array.isArray(layouts) || layouts.length !== sizes.length)
    return refuse('copyTo()', `${sizes.length} plane layouts for ${format}`, describe(layouts))
  return sizes.map((size, index) => {
    const { offset, stride } = (layouts[index] ?? {}) as { offset?: unknown; stride?: unknown }
    if (!Number.isSafeInteger(offset) || (offset as number) < 0)
      refuse(`planes[${index}].offset`, 'a byte position', describe(offset))
    if (!Number.isSafeInteger(stride) || (stride as number) < size.rowBytes)
      refuse(`planes[${index}].stride`, `at least ${size.rowBytes} (bytes of a row)`, describe(stride))
    return { ...size, offset: offset as number, stride: stride as number }
  })
}
