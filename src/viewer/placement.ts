/** How the picture lies in its box: the words of CSS `object-fit`, with the same meaning. */
export const FITS = ['contain', 'cover', 'fill', 'none'] as const
/** One of the words of CSS `object-fit`: `contain`, `cover`, `fill`, `none`. */
export type Fit = (typeof FITS)[number]

/** Width and height; of an image in pixels, of a box in CSS pixels. */
export interface Size {
  /** Pixels. */
  readonly width: number
  /** Pixels. */
  readonly height: number
}

/** A place; in CSS pixels from the top left of the box, or in source pixels: 0 is the edge of the first one. */
export interface Point {
  /** To the right. */
  readonly x: number
  /** Down. */
  readonly y: number
}

/** A picture that does not just fit its box. */
export interface Zoom {
  /** Device pixels a source pixel; with `fill`, whose pixels are no squares, their shorter side. */
  readonly scale: number
  /** The source pixel in the middle of the box. */
  readonly centre: Point
}

/** What a picture is placed by. */
export interface PlacementInput {
  /** In CSS pixels. */
  readonly box: Size
  /** True size of the image in pixels. */
  readonly image: Size
  /** Size of the decoded picture in pixels. */
  readonly coded: Size
  readonly fit: Fit
  /** Device pixels a CSS pixel: edges are put on device pixels, or they would blur. */
  readonly ratio: number
  /** Undefined: as `fit` says. */
  readonly zoom?: Zoom | undefined
}

/** Where the picture goes: a rectangle in CSS pixels from the top left of the box, which it may exceed. */
export interface Placement {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
  /** Pixels of what the rectangle shows: the image, or the last picture of another shape. */
  readonly source: Size
  /** Size of the decoded picture in units of the visible one: above 1 by what must be cut off. */
  readonly codedWidth: number
  readonly codedHeight: number
  /** CSS pixels a source pixel. */
  readonly scaleX: number
  readonly scaleY: number
  /** Device pixels a source pixel, the smaller of both ways. */
  readonly scale: number
}

/**
 * Places a picture in a box.
 *
 * H.264 codes even sizes only: a source of 641×479 arrives as 642×480. The decoded picture is then
 * made larger than its frame by that pixel, and the frame cuts it off. A decoded picture of another
 * size but the same shape is a scaled one and fills the frame; one of another shape is the last
 * picture of before a change of size, and keeps its own shape until it is replaced.
 */
export function place({ box, image, coded, fit, ratio, zoom }: PlacementInput): Placement {
  const padded = paddedBy(coded.width, image.width) && paddedBy(coded.height, image.height)
  const source = padded || sameShape(coded, image) ? image : coded
  const fitted = fittedScale(box, source, fit)
  const factor = zoom ? zoom.scale / ratio / Math.min(fitted.x, fitted.y) : 1
  const snap = (length: number): number => Math.round(length * ratio) / ratio
  // Never nothing: a hair of a picture is at least there, and a scale of 0 has no way back.
  const side = (length: number): number => Math.max(snap(length), 1 / ratio)
  const width = side(source.width * fitted.x * factor)
  const height = side(source.height * fitted.y * factor)
  const scaleX = width / source.width
  const scaleY = height / source.height
  const left = box.width / 2 - (zoom ? zoom.centre.x * scaleX : width / 2)
  const top = box.height / 2 - (zoom ? zoom.centre.y * scaleY : height / 2)
  return {
    left: snap(zoom ? held(left, width, box.width) : left),
    top: snap(zoom ? held(top, height, box.height) : top),
    width,
    height,
    source,
    codedWidth: padded ? coded.width / source.width : 1,
    codedHeight: padded ? coded.height / source.height : 1,
    scaleX,
    scaleY,
    scale: Math.min(scaleX, scaleY) * ratio,
  }
}

/** The source pixel at a point of the box, fractions included; outside the picture it lies outside the image. */
export function toSource({ left, top, scaleX, scaleY }: Placement, { x, y }: Point): Point {
  return { x: (x - left) / scaleX, y: (y - top) / scaleY }
}

/** The point of the box, in CSS pixels, at which a source pixel lies: the way back from `toSource`. */
export function toBox({ left, top, scaleX, scaleY }: Placement, { x, y }: Point): Point {
  return { x: left + x * scaleX, y: top + y * scaleY }
}

/** Whether a point of the image, in source pixels, lies within it. */
export function within({ width, height }: Size, { x, y }: Point): boolean {
  return x >= 0 && y >= 0 && x < width && y < height
}

/** The zoom of that scale which leaves the source pixel that is seen at `at` (CSS pixels of the box) there. */
export function zoomAround(placed: Placement, box: Size, scale: number, at: Point): Zoom {
  const { x, y } = toSource(placed, at)
  const factor = scale / placed.scale
  return {
    scale,
    centre: {
      x: x + (box.width / 2 - at.x) / (placed.scaleX * factor),
      y: y + (box.height / 2 - at.y) / (placed.scaleY * factor),
    },
  }
}

/** CSS pixels a source pixel when the picture fits. */
function fittedScale(box: Size, source: Size, fit: Fit): Point {
  const x = box.width / source.width
  const y = box.height / source.height
  if (fit === 'fill') return { x, y }
  const both = fit === 'cover' ? Math.max(x, y) : fit === 'none' ? 1 : Math.min(x, y)
  return { x: both, y: both }
}

/** Leaves no room beside a picture that is larger than the box, and centres one that is smaller. */
function held(start: number, length: number, room: number): number {
  return length <= room ? (room - length) / 2 : Math.min(0, Math.max(room - length, start))
}

function paddedBy(coded: number, image: number): boolean {
  return coded === image || coded === image + 1
}

/** Within two percent: a scaled size is rounded to whole, even pixels. */
function sameShape(a: Size, b: Size): boolean {
  return Math.abs((a.width * b.height) / (a.height * b.width) - 1) < 0.02
}
