import { DETACHED, describe, refuse } from './check.js'
import { isTight, type Plane, tightByteLength } from './layout.js'
import type { ImageSource, PixelFormat } from './source.js'

/** Checked raw pixels in somebody else's buffer. Every kind of uncompressed image ends as one of these. */
export class RawSource implements ImageSource {
  readonly format: PixelFormat
  readonly width: number
  readonly height: number
  readonly byteLength: number
  readonly alignment: number
  readonly timestamp?: number
  readonly #bytes: Uint8Array
  /** Where the planes lie; undefined when they are tight and begin with the first byte. */
  readonly #planes: readonly Plane[] | undefined
  /** Length at the time of the checks; less means the buffer was taken away since. */
  readonly #checkedLength: number

  /** The caller has checked sizes, planes and the length of `bytes`. */
  constructor(
    format: PixelFormat,
    width: number,
    height: number,
    bytes: Uint8Array,
    options: { readonly planes?: readonly Plane[]; readonly timestamp?: number | undefined } = {},
  ) {
    this.format = format
    this.width = width
    this.height = height
    this.byteLength = tightByteLength(format, width, height)
    const { planes, timestamp } = options
    const start = planes?.[0]?.offset ?? 0
    this.#planes = planes && start === 0 && isTight(planes) ? undefined : planes
    this.alignment = (bytes.byteOffset + start) % 8
    if (timestamp !== undefined) this.timestamp = timestamp
    this.#bytes = bytes
    this.#checkedLength = bytes.byteLength
  }

  copyTo(target: Uint8Array): void {
    const bytes = this.#bytes
    if (bytes.byteLength < this.#checkedLength)
      refuse('data', `${this.#checkedLength} bytes until they were copied`, DETACHED)
    if (!this.#planes) {
      target.set(bytes.byteLength === this.byteLength ? bytes : part(bytes, 0, this.byteLength))
      return
    }
    let at = 0
    for (const plane of this.#planes) at = copyPlane(bytes, plane, target, at)
  }
}

function copyPlane(bytes: Uint8Array, plane: Plane, target: Uint8Array, start: number): number {
  const { offset, stride, rowBytes, rows } = plane
  if (stride === rowBytes) {
    target.set(part(bytes, offset, rowBytes * rows), start)
    return start + rowBytes * rows
  }
  let at = start
  for (let row = 0; row < rows; row++) {
    target.set(part(bytes, offset + row * stride, rowBytes), at)
    at += rowBytes
  }
  return at
}

/** Unlike `subarray` this never runs code of a subclass, and does not make a Buffer of a Buffer's part. */
function part(bytes: Uint8Array, offset: number, length: number): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset + offset, length)
}

/** Fails unless `bytes` hold exactly `expected` bytes. */
export function checkLength(bytes: Uint8Array, expected: number, field: string, what: string): void {
  if (bytes.byteLength !== expected)
    refuse(field, `${expected} bytes (${what})`, `${bytes.byteLength} bytes in ${describe(bytes)}`)
}
