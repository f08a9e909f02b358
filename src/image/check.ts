import { types } from 'node:util'
import { ImageError, show } from '../common/errors.js'

/** Smallest width and height, in pixels: one whole 2×2 chroma block. */
export const MIN_SIZE = 2
/** Largest width and height, in pixels. */
export const MAX_SIZE = 8192
/** No image takes more bytes than the largest raw one: 8192×8192 in four channels, 256 MiB. */
export const MAX_BYTES = MAX_SIZE * MAX_SIZE * 4

/** An object of which nothing is known yet. */
export type Shape = Readonly<Record<string, unknown>>

const SHOWN_CHARACTERS = 160

/** `show`, for values that may fight back: a revoked proxy, a getter that throws, an endless name. */
export function describe(value: unknown): string {
  try {
    const text = show(value)
    return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS - 3)}...` : text
  } catch {
    return 'an object that cannot be inspected'
  }
}

/** Throws an ImageError; `actual` is text, see `describe`. The empty field is the image itself. */
export function refuse(field: string, expected: string, actual: string, options?: ErrorOptions): never {
  throw new ImageError({ field, expected, actual }, options)
}

/** Whatever was thrown while an image was read, as an ImageError with the original as its cause. */
export function asImageError(error: unknown, expected = 'an image that can be read'): ImageError {
  let message: string
  try {
    if (error instanceof ImageError) return error
    message = error instanceof Error ? error.message : describe(error)
  } catch {
    message = 'unknown'
  }
  return new ImageError({ field: '', expected, actual: `the error ${describe(message)}` }, { cause: error })
}

/** A width or height in pixels, 2…8192. */
export function checkSize(value: unknown, field: string): number {
  if (Number.isInteger(value) && (value as number) >= MIN_SIZE && (value as number) <= MAX_SIZE)
    return value as number
  return refuse(field, `an integer from ${MIN_SIZE} to ${MAX_SIZE} (pixels)`, describe(value))
}

/** A capture time in ms since the Unix epoch, or none. */
export function checkTimestamp(value: unknown): number | undefined {
  if (value === undefined || Number.isFinite(value)) return value as number | undefined
  return refuse('timestamp', 'a finite number (ms since the Unix epoch)', describe(value))
}

/** True for what can hold bytes at all, the unsuitable kinds (`Float32Array`) included. */
export function isBinary(value: unknown): value is ArrayBufferView | ArrayBufferLike {
  return ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)
}

/**
 * The bytes of `value` without copying them. `node:util` looks at the internal slots, so this holds for
 * values of other realms and cannot be fooled by a prototype.
 */
export function toBytes(value: unknown, field: string): Uint8Array {
  let bytes: Uint8Array
  if (types.isUint8Array(value)) bytes = value
  // A view of the same type as the target: copying from a clamped array goes byte by byte.
  else if (types.isUint8ClampedArray(value) || types.isDataView(value)) bytes = viewOf(value, field)
  else if (types.isAnyArrayBuffer(value)) bytes = viewOfBuffer(value, field)
  else
    return refuse(
      field,
      'bytes (Uint8Array, Uint8ClampedArray, Buffer, ArrayBuffer, SharedArrayBuffer or DataView)',
      describe(value),
    )
  if (bytes.byteLength === 0) viewOfBuffer(bytes.buffer, field)
  return bytes
}

function viewOf(view: ArrayBufferView, field: string): Uint8Array {
  try {
    return new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
  } catch (error) {
    return refuse(field, 'bytes', DETACHED, { cause: error })
  }
}

/** Also the test for detachment, because `ArrayBuffer.prototype.detached` came with Node 22. */
function viewOfBuffer(buffer: ArrayBufferLike, field: string): Uint8Array {
  try {
    return new Uint8Array(buffer)
  } catch (error) {
    return refuse(field, 'bytes', DETACHED, { cause: error })
  }
}

export const DETACHED = 'a detached buffer (it was transferred to another thread, or its memory grew)'
