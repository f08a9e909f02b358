import type { EncodedFormat } from '../../image/source.js'

/** Bytes that `sniffEncoded` needs from the start of a file. */
export const SNIFF_LENGTH = 12

/** Names a compressed image that the engine decodes by itself, by its first bytes; undefined for all others. */
export function sniffEncoded(head: Uint8Array): EncodedFormat | undefined {
  if (head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff) return 'jpeg'
  if (ascii(head, 1, 4) === 'PNG' && head[0] === 0x89) return 'png'
  if (ascii(head, 0, 4) === 'RIFF' && ascii(head, 8, 12) === 'WEBP') return 'webp'
  return undefined
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
