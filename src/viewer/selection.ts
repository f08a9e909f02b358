import type { Point, Size } from './placement.js'

/** Whole source pixels. */
export interface Rect {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/**
 * The rectangle that a drag spans: from edge to edge of pixels, within the image. `fromCenter`: the
 * drag began in its middle and leads to a corner.
 */
export function rectOfDrag(from: Point, to: Point, image: Size, fromCenter: boolean): Rect {
  const [left, right] = span(from.x, to.x, image.width, fromCenter)
  const [top, bottom] = span(from.y, to.y, image.height, fromCenter)
  return { x: left, y: top, width: right - left, height: bottom - top }
}

/** Moved by whole pixels, within the image. */
export function moved(rect: Rect, dx: number, dy: number, image: Size): Rect {
  return {
    ...rect,
    x: clamp(rect.x + dx, 0, image.width - rect.width),
    y: clamp(rect.y + dy, 0, image.height - rect.height),
  }
}

/** Its right and lower edges moved by whole pixels: at least one pixel stays, within the image. */
export function resized(rect: Rect, dx: number, dy: number, image: Size): Rect {
  return {
    ...rect,
    width: clamp(rect.width + dx, 1, image.width - rect.x),
    height: clamp(rect.height + dy, 1, image.height - rect.y),
  }
}

function span(from: number, to: number, length: number, fromCenter: boolean): [number, number] {
  const start = clamp(Math.round(from), 0, length)
  const end = clamp(Math.round(to), 0, length)
  if (!fromCenter) return start < end ? [start, end] : [end, start]
  // As far as the nearer edge of the image allows: the middle stays the middle.
  const half = Math.min(Math.abs(end - start), start, length - start)
  return [start - half, start + half]
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most)
}
