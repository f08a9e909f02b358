import { sniffEncoded } from '../../image/sniff.js'

/** Bytes from the start in which `isAnimated` finds what it looks for. */
export const ANIMATION_LENGTH = 4096

/** Whether a PNG or WebP has several pictures (APNG's chunk acTL before the first picture; the flag of VP8X). */
export function isAnimated(head: Uint8Array): boolean {
  if (sniffEncoded(head) === 'webp') return ascii(head, 12, 16) === 'VP8X' && ((head[20] ?? 0) & 0x02) !== 0
  if (sniffEncoded(head) !== 'png') return false
  const beginning = Buffer.from(head.subarray(0, ANIMATION_LENGTH)).toString('latin1')
  const control = beginning.indexOf('acTL')
  const picture = beginning.indexOf('IDAT')
  return control > 0 && (picture < 0 || control < picture)
}

function ascii(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, to))
}

/** Endings of files that belong into a slideshow when a folder is given. */
export const IMAGE_ENDINGS: ReadonlySet<string> = new Set([
  ...['.jpg', '.jpeg', '.jpe', '.jfif', '.png', '.webp', '.bmp', '.dib', '.gif', '.tif', '.tiff'],
  ...['.pbm', '.pgm', '.ppm', '.pnm', '.pam', '.tga', '.qoi', '.avif', '.jp2', '.jxl', '.exr', '.hdr'],
])

/** Endings of files that are recognised as videos without opening them, for a helpful message. */
export const VIDEO_ENDINGS: ReadonlySet<string> = new Set([
  ...['.mp4', '.m4v', '.mov', '.mkv', '.webm', '.avi', '.mpg', '.mpeg', '.ts', '.m2ts', '.mts', '.flv'],
  ...['.wmv', '.asf', '.ogv', '.ivf', '.y4m', '.3gp', '.vob', '.mxf', '.mjpeg', '.mjpg', '.h264', '.hevc'],
])
