import type { Orientation } from '../../image/exif.js'

/** Nine int32, row by row (libavutil/display.h). */
const BYTES = 36

/** Signs of a, b, c, d in the first two rows (a b u / c d v), and the orientation that they stand for. */
const ORIENTATIONS: Readonly<Record<string, Orientation>> = {
  '1 0 0 1': 1,
  '-1 0 0 1': 2,
  '-1 0 0 -1': 3,
  '1 0 0 -1': 4,
  '0 1 1 0': 5,
  '0 1 -1 0': 6,
  '0 -1 -1 0': 7,
  '0 -1 1 0': 8,
}

/** How a picture is turned upright, from a display matrix; other angles than quarter turns go to the nearest one. */
export function orientationOf(matrix: Uint8Array | null): Orientation {
  if (!matrix || matrix.byteLength < BYTES) return 1
  const view = new DataView(matrix.buffer, matrix.byteOffset, matrix.byteLength)
  const entries = [0, 4, 12, 16].map((at) => view.getInt32(at, true))
  const [a = 0, b = 0] = entries
  const isUpright = Math.abs(a) >= Math.abs(b)
  const signs = entries.map((value, i) => ((i === 0 || i === 3) === isUpright ? Math.sign(value) : 0))
  return ORIENTATIONS[signs.join(' ')] ?? 1
}
