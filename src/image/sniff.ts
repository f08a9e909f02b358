import { isJpeg } from './jpeg.js'
import { isPng } from './png.js'
import type { EncodedFormat } from './source.js'
import { isWebp } from './webp.js'

/** Bytes that `sniffEncoded` needs from the start of a file. */
export const SNIFF_LENGTH = 12

/** Names a compressed image that the engine decodes by itself, by its first bytes; undefined for all others. */
export function sniffEncoded(head: Uint8Array): EncodedFormat | undefined {
  if (isJpeg(head)) return 'jpeg'
  if (isPng(head)) return 'png'
  return isWebp(head) ? 'webp' : undefined
}
