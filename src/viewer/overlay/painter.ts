import { paletteColor, textOn } from './colors.js'
import { Labels } from './labels.js'
import type { Path, Shape } from './shapes.js'
import type { OverlayView } from './view.js'

/** In CSS pixels, whatever the zoom. */
const LINE = 2
const HOVERED_LINE = 3
/** Of the dark rim on either side of a line: light lines stand out on light pictures by it. */
const RIM = 1.25
const RIM_COLOR = 'rgb(0 0 0 / .6)'
const KEYPOINT_RADIUS = 3
const HOVERED_FILL = 0.2
/** Colours of objects that were looked at; a stream of new ones must not grow it for ever. */
const MOST_COLORS = 500

/** Draws shapes on a canvas. */
export class Painter {
  readonly #context: CanvasRenderingContext2D
  readonly #labels: Labels
  readonly #colors = new Map<string, string>()

  constructor(context: CanvasRenderingContext2D) {
    this.#context = context
    this.#labels = new Labels(context)
  }

  /** Another frame, or another placement; `paint` and `labelled` go by it. */
  arrange(shapes: readonly Shape[], view: OverlayView): void {
    this.#labels.arrange(shapes, view)
  }

  /** @param ratio device pixels a CSS pixel; the canvas has the size of the overlay in these */
  paint(shapes: readonly Shape[], hovered: Shape | undefined, view: OverlayView, ratio: number): void {
    const context = this.#context
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    context.clearRect(0, 0, context.canvas.width / ratio, context.canvas.height / ratio)
    this.paintOver(shapes, hovered, view, ratio)
  }

  /** Paints over what is there, in the units of the context; edges come to lie on whole ones of 1/`ratio`. */
  paintOver(shapes: readonly Shape[], hovered: Shape | undefined, view: OverlayView, ratio: number): void {
    const context = this.#context
    const { left, top, right, bottom } = view.visible
    if (shapes.length === 0 || right <= left || bottom <= top) return
    context.save()
    context.beginPath()
    context.rect(left, top, right - left, bottom - top)
    context.clip()
    context.lineJoin = context.lineCap = 'round'
    for (const shape of shapes) if (shape !== hovered) this.#shape(shape, view, ratio, false)
    if (hovered) this.#shape(hovered, view, ratio, true)
    this.#labels.begin()
    for (const shape of shapes) if (shape !== hovered) this.#label(shape)
    if (hovered) this.#label(hovered)
    context.restore()
  }

  /** The shape whose label lies at a point, in CSS pixels. */
  labelled(x: number, y: number): Shape | undefined {
    return this.#labels.at(x, y)
  }

  #label(shape: Shape): void {
    if (shape.label === '') return
    const color = this.#color(shape)
    this.#labels.paint(shape, color, textOn(color))
  }

  #shape(shape: Shape, view: OverlayView, ratio: number, isHovered: boolean): void {
    const context = this.#context
    const box = shape.box && boxOf(shape.box, view, ratio)
    const path = shape.polygon || shape.polyline || shape.keypoints ? outline(shape, view) : undefined
    const color = this.#color(shape)
    const line = isHovered ? HOVERED_LINE : LINE
    if (isHovered) {
      context.fillStyle = color
      context.globalAlpha = HOVERED_FILL
      if (box) context.fillRect(...box)
      if (path && shape.polygon) context.fill(path, 'evenodd')
      context.globalAlpha = 1
    }
    for (const [style, width] of [
      [RIM_COLOR, line + 2 * RIM],
      [color, line],
    ] as const) {
      context.strokeStyle = style
      context.lineWidth = width
      // Several times faster than a path with a rectangle in it.
      if (box) context.strokeRect(...box)
      if (path) context.stroke(path)
    }
    if (!shape.keypoints) return
    const dots = dotsOf(shape.keypoints, view, isHovered ? KEYPOINT_RADIUS + 1 : KEYPOINT_RADIUS)
    context.strokeStyle = RIM_COLOR
    context.lineWidth = 2 * RIM
    context.stroke(dots)
    context.fillStyle = color
    context.fill(dots)
  }

  /** What a colour is to a canvas: `#rrggbb`, or one that is not opaque; nonsense is the palette's. */
  #color({ kind, color }: Shape): string {
    if (color === undefined) return paletteColor(kind)
    let known = this.#colors.get(color)
    if (known === undefined) {
      if (this.#colors.size >= MOST_COLORS) this.#colors.clear()
      const isColor =
        CSS.supports('color', color) && !/var\(|currentcolor|inherit|initial|unset|revert/i.test(color)
      known = isColor ? this.#normalized(color) : paletteColor(kind)
      this.#colors.set(color, known)
    }
    return known
  }

  #normalized(color: string): string {
    this.#context.fillStyle = color
    return String(this.#context.fillStyle)
  }
}

/** Edges on device pixels are sharp. */
function boxOf(
  [x, y, width, height]: NonNullable<Shape['box']>,
  view: OverlayView,
  ratio: number,
): [number, number, number, number] {
  const snap = (value: number): number => Math.round(value * ratio) / ratio
  const left = snap(x * view.scaleX + view.left)
  const top = snap(y * view.scaleY + view.top)
  const right = snap((x + width) * view.scaleX + view.left)
  const bottom = snap((y + height) * view.scaleY + view.top)
  return [left, top, right - left, bottom - top]
}

function outline({ polygon, polyline, keypoints, skeleton }: Shape, view: OverlayView): Path2D {
  const path = new Path2D()
  if (polygon) {
    trace(path, polygon, view)
    path.closePath()
  }
  if (polyline) trace(path, polyline, view)
  if (keypoints)
    for (let i = 0; i < skeleton.length; i += 2) {
      path.moveTo(...at(keypoints, skeleton[i] as number, view))
      path.lineTo(...at(keypoints, skeleton[i + 1] as number, view))
    }
  return path
}

function trace(path: Path2D, points: Path, view: OverlayView): void {
  path.moveTo(...at(points, 0, view))
  for (let i = 1; i < points.length / 2; i++) path.lineTo(...at(points, i, view))
}

function dotsOf(keypoints: Path, view: OverlayView, radius: number): Path2D {
  const path = new Path2D()
  for (let i = 0; i < keypoints.length / 2; i++) {
    const [x, y] = at(keypoints, i, view)
    if (Number.isNaN(x)) continue
    path.moveTo(x + radius, y)
    path.arc(x, y, radius, 0, 2 * Math.PI)
  }
  return path
}

function at(points: Path, index: number, { left, top, scaleX, scaleY }: OverlayView): [number, number] {
  return [(points[2 * index] as number) * scaleX + left, (points[2 * index + 1] as number) * scaleY + top]
}
