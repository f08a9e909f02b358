import type { Path, Shape } from './shapes.js'

/** How far from a line, a key point or an edge still counts, in source pixels each way. */
export interface Tolerance {
  readonly x: number
  readonly y: number
}

/**
 * The shape at a point of the image: of several the smallest, since it could not be reached otherwise;
 * of equal ones the topmost.
 */
export function shapeAt(
  shapes: readonly Shape[],
  x: number,
  y: number,
  tolerance: Tolerance,
): Shape | undefined {
  let best: Shape | undefined
  let least = Infinity
  for (const shape of shapes) {
    const { left, top, right, bottom } = shape.bounds
    if (
      x < left - tolerance.x ||
      x > right + tolerance.x ||
      y < top - tolerance.y ||
      y > bottom + tolerance.y
    )
      continue
    const size = hitSize(shape, x, y, tolerance)
    if (size === Infinity || size > least) continue
    least = size
    best = shape
  }
  return best
}

/** Area of what is hit; 0 of a line or a key point, infinite of nothing. */
function hitSize(shape: Shape, x: number, y: number, { x: across, y: down }: Tolerance): number {
  const { box, polygon, polyline, keypoints, skeleton } = shape
  // In units of the tolerance distances are the same each way.
  const near = (path: Path, from: number, to: number): boolean =>
    distance(
      (x - (path[2 * from] as number)) / across,
      (y - (path[2 * from + 1] as number)) / down,
      ((path[2 * to] as number) - (path[2 * from] as number)) / across,
      ((path[2 * to + 1] as number) - (path[2 * from + 1] as number)) / down,
    ) <= 1
  const points = (path: Path | undefined): number => (path?.length ?? 0) / 2
  if (keypoints) {
    for (let i = 0; i < points(keypoints); i++) if (near(keypoints, i, i)) return 0
    for (let i = 0; i < skeleton.length; i += 2)
      if (near(keypoints, skeleton[i] as number, skeleton[i + 1] as number)) return 0
  }
  if (polyline) for (let i = 1; i < points(polyline); i++) if (near(polyline, i - 1, i)) return 0
  let size = Infinity
  if (polygon) {
    let isHit = isInside(polygon, x, y)
    for (let i = 0; i < points(polygon) && !isHit; i++) isHit = near(polygon, i, (i + 1) % points(polygon))
    if (isHit) size = area(polygon)
  }
  if (box) {
    const [left, top, width, height] = box
    const isHit =
      x >= left - across && x <= left + width + across && y >= top - down && y <= top + height + down
    if (isHit) size = Math.min(size, width * height)
  }
  return size
}

/** Of a point, seen from the start of a line, from that line. */
function distance(x: number, y: number, lineX: number, lineY: number): number {
  const length = lineX * lineX + lineY * lineY
  const along = length > 0 ? Math.min(1, Math.max(0, (x * lineX + y * lineY) / length)) : 0
  return Math.hypot(x - along * lineX, y - along * lineY)
}

/** Even-odd rule, as it is drawn. */
function isInside(path: Path, x: number, y: number): boolean {
  let inside = false
  for (let i = 0, j = path.length - 2; i < path.length; j = i, i += 2) {
    const [x1, y1, x2, y2] = [path[i], path[i + 1], path[j], path[j + 1]] as [number, number, number, number]
    const crosses = y1 > y !== y2 > y
    if (crosses && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside
  }
  return inside
}

function area(path: Path): number {
  let twice = 0
  for (let i = 0, j = path.length - 2; i < path.length; j = i, i += 2)
    twice += (path[j] as number) * (path[i + 1] as number) - (path[i] as number) * (path[j + 1] as number)
  return Math.abs(twice) / 2
}
