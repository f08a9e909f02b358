/** x and y, one after the other. */
export type Path = readonly number[]

/** Something to draw, read from metadata and fit to be drawn. In pixels of the source image. */
export interface Shape {
  /** As it came, for the page. */
  readonly object: unknown
  /** What is written at it; empty: nothing. */
  readonly label: string
  /** What its colour is chosen by. */
  readonly kind: string
  /** As it was asked for; not checked. */
  readonly color: string | undefined
  /** left, top, width, height */
  readonly box: readonly [number, number, number, number] | undefined
  readonly polygon: Path | undefined
  readonly polyline: Path | undefined
  /** NaN, NaN: not found. */
  readonly keypoints: Path | undefined
  /** Pairs of indices of key points. */
  readonly skeleton: readonly number[]
  readonly bounds: Bounds
  /** Where the label goes: at the upper left corner, at the beginning of an open line. */
  readonly anchor: readonly [x: number, y: number]
}

export interface Bounds {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** What comes from a server may be anything; a page must not stand still for it. */
const MOST_OBJECTS = 1_000
const MOST_POINTS = 20_000
const LONGEST_LABEL = 80
/** Canvases draw nothing sensible far outside; images have 8,192 pixels at most. */
const FURTHEST = 1e6

type Fields = Readonly<Record<string, unknown>>

/** What can be drawn of a frame's metadata. What makes no sense is left out, object by object, shape by shape. */
export function readShapes(metadata: unknown): Shape[] {
  const objects = isFields(metadata) ? metadata.objects : undefined
  if (!Array.isArray(objects)) return []
  const shapes: Shape[] = []
  const budget = { points: MOST_POINTS }
  for (const object of objects.slice(0, MOST_OBJECTS)) {
    const shape = isFields(object) ? readShape(object, budget) : undefined
    if (shape) shapes.push(shape)
  }
  return shapes
}

function readShape(object: Fields, budget: { points: number }): Shape | undefined {
  const box = readBox(object.box)
  const polygon = readPath(object.polygon, 3, budget)
  const polyline = readPath(object.polyline, 2, budget)
  const keypoints = readKeypoints(object.keypoints, budget)
  const corners = box ? [box[0], box[1], box[0] + box[2], box[1] + box[3]] : []
  const bounds = boundsOf([corners, polygon ?? [], polyline ?? [], keypoints ?? []])
  if (!bounds) return undefined
  const kind = typeof object.label === 'string' ? oneLine(object.label) : ''
  return {
    object,
    label: [kind, percent(object.score)].filter((text) => text !== '').join(' '),
    kind,
    color: typeof object.color === 'string' && object.color.length <= 64 ? object.color : undefined,
    box,
    polygon,
    polyline,
    keypoints,
    skeleton: keypoints ? readSkeleton(object.skeleton, keypoints) : [],
    bounds,
    anchor: anchorOf(box, (polygon ?? keypoints) ? undefined : polyline, bounds),
  }
}

function anchorOf(box: Shape['box'], line: Path | undefined, { left, top }: Bounds): [number, number] {
  if (box) return [box[0], box[1]]
  return line ? [line[0] as number, line[1] as number] : [left, top]
}

function readBox(value: unknown): Shape['box'] {
  if (!Array.isArray(value) || value.length !== 4) return undefined
  const [x, y, width, height] = value as unknown[]
  if (!isPlace(x) || !isPlace(y) || !isPlace(width) || !isPlace(height)) return undefined
  return width >= 0 && height >= 0 ? [x, y, width, height] : undefined
}

/** Undefined unless all its points are points. */
function readPath(value: unknown, least: number, budget: { points: number }): Path | undefined {
  if (!Array.isArray(value) || value.length < least || value.length > budget.points) return undefined
  const path: number[] = []
  for (const point of value) {
    if (!isPoint(point)) return undefined
    path.push(point[0], point[1])
  }
  budget.points -= value.length
  return path
}

function readKeypoints(value: unknown, budget: { points: number }): Path | undefined {
  if (!Array.isArray(value) || value.length > budget.points) return undefined
  const path = value.flatMap((point: unknown) => (isPoint(point) ? [point[0], point[1]] : [NaN, NaN]))
  if (path.every((coordinate) => Number.isNaN(coordinate))) return undefined
  budget.points -= value.length
  return path
}

function readSkeleton(value: unknown, keypoints: Path): number[] {
  if (!Array.isArray(value)) return []
  const isFound = (index: unknown): index is number =>
    Number.isInteger(index) && Number.isFinite(keypoints[2 * (index as number)])
  return value.slice(0, keypoints.length * 4).flatMap((pair: unknown) => {
    if (!Array.isArray(pair)) return []
    const [from, to] = pair as unknown[]
    return isFound(from) && isFound(to) ? [from, to] : []
  })
}

function boundsOf(paths: readonly Path[]): Bounds | undefined {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const path of paths)
    for (let i = 0; i < path.length; i += 2) {
      const [x, y] = [path[i] as number, path[i + 1] as number]
      if (Number.isNaN(x)) continue
      left = Math.min(left, x)
      right = Math.max(right, x)
      top = Math.min(top, y)
      bottom = Math.max(bottom, y)
    }
  return left <= right ? { left, top, right, bottom } : undefined
}

function percent(score: unknown): string {
  if (typeof score !== 'number' || !Number.isFinite(score)) return ''
  return `${Math.round(Math.min(1, Math.max(0, score)) * 100)}%`
}

/** A label is one line, whatever is in it. */
function oneLine(text: string): string {
  const line = text
    .slice(0, 4 * LONGEST_LABEL)
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
  return line.length > LONGEST_LABEL ? `${line.slice(0, LONGEST_LABEL - 1)}…` : line
}

function isPoint(value: unknown): value is [number, number] {
  return Array.isArray(value) && value.length >= 2 && isPlace(value[0]) && isPlace(value[1])
}

function isPlace(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) <= FURTHEST
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null
}
