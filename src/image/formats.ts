import { nearestOf } from '../common/nearest.js'
import { describe, refuse } from './check.js'
import { ENCODED_FORMATS, PIXEL_FORMATS, type PixelFormat } from './source.js'

/** What other libraries call our formats, where the spelling is too far off to be guessed. */
const OTHER_NAMES: Readonly<Record<string, PixelFormat>> = {
  rgb: 'rgb24',
  rgb8: 'rgb24',
  rgb888: 'rgb24',
  bgr: 'bgr24',
  bgr8: 'bgr24',
  bgr888: 'bgr24',
  argb: 'bgra',
  rgbx: 'rgba',
  bgrx: 'bgra',
  rgb0: 'rgba',
  bgr0: 'bgra',
  rgba32: 'rgba',
  gray: 'gray8',
  grey: 'gray8',
  grayscale: 'gray8',
  greyscale: 'gray8',
  mono8: 'gray8',
  y800: 'gray8',
  i420: 'yuv420p',
  iyuv: 'yuv420p',
  yuv: 'yuv420p',
}

const LONGEST_NAME = 16

/** A raw pixel format, or an ImageError on `format` that lists the known ones and suggests the nearest. */
export function checkPixelFormat(value: unknown, field = 'format'): PixelFormat {
  for (const format of PIXEL_FORMATS) if (format === value) return format
  const known = `one of ${PIXEL_FORMATS.join(', ')}`
  if (typeof value !== 'string') return refuse(field, known, describe(value))
  if ((ENCODED_FORMATS as readonly string[]).includes(value))
    return refuse(field, `${known} (${value} bytes are passed as they are)`, describe(value))
  const nearest = nearestFormat(value)
  return refuse(field, nearest ? `${known} (did you mean ${nearest}?)` : known, describe(value))
}

function nearestFormat(name: string): PixelFormat | undefined {
  if (name.length > LONGEST_NAME) return undefined
  const plain = name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
  if (Object.hasOwn(OTHER_NAMES, plain)) return OTHER_NAMES[plain]
  return nearestOf(plain, PIXEL_FORMATS)
}
