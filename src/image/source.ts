/** Raw pixel formats, named as FFmpeg names them. */
export const PIXEL_FORMATS = ['bgr24', 'rgb24', 'bgra', 'rgba', 'gray8', 'yuv420p', 'nv12'] as const
/** A raw pixel format, named as FFmpeg names it; the bytes lie in memory in the order of the name. */
export type PixelFormat = (typeof PIXEL_FORMATS)[number]

/** Compressed images that the engine decodes. */
export const ENCODED_FORMATS = ['jpeg', 'png', 'webp'] as const
export type EncodedFormat = (typeof ENCODED_FORMATS)[number]

export type SourceFormat = PixelFormat | EncodedFormat

/**
 * Any accepted image, checked and reduced to what a slot needs. Made by `openImage`; nothing of it
 * outlives the call in which it was made, because the caller may reuse its buffer afterwards.
 */
export interface ImageSource {
  readonly format: SourceFormat
  /** Pixels, 2…8192. For a compressed image: as its header says, upright. */
  readonly width: number
  readonly height: number
  /**
   * Bytes that `copyTo` writes. Raw: the planes one after the other, rows without padding
   * (chroma planes of odd sizes are rounded up). Compressed: the file's bytes.
   */
  readonly byteLength: number
  /** `byteOffset % 8` of the first source byte: copying to the same alignment is 7 times faster (V8 moves words, not bytes, into shared memory only then; measured 0.3 against 2.2 ms for 1080p RGBA). */
  readonly alignment: number
  /** Capture time in ms since the Unix epoch, if the application gave one. */
  readonly timestamp?: number
  /** Writes `byteLength` bytes to the start of `target`. */
  copyTo(target: Uint8Array): void
}
