import type { Bounds, Shape } from './shapes.js'
import { type OverlayView, placeLabel } from './view.js'

/** In CSS pixels. */
const FONT = '600 12px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif'
const PADDING = 5
const RADIUS = 3
/** Widths that were measured; scores make many texts out of few labels. */
const MOST_WIDTHS = 2_000

/** The labels of a frame: at their objects, and within what can be seen of the picture. */
export class Labels {
  readonly #context: CanvasRenderingContext2D
  readonly #widths = new Map<string, number>()
  readonly #areas = new Map<Shape, Bounds>()

  constructor(context: CanvasRenderingContext2D) {
    this.#context = context
  }

  /** Another frame, or another placement: says where the labels go, for `at` and `paint`. */
  arrange(shapes: readonly Shape[], view: OverlayView): void {
    this.#areas.clear()
    this.#context.font = FONT
    for (const shape of shapes) {
      const area = shape.label === '' ? undefined : placeLabel(shape, this.#width(shape.label), view)
      if (area) this.#areas.set(shape, area)
    }
  }

  /** Begins to paint; the context keeps what is set here until `paint` is called no more. */
  begin(): void {
    this.#context.font = FONT
    this.#context.textBaseline = 'middle'
    this.#context.textAlign = 'left'
  }

  paint(shape: Shape, color: string, textColor: string): void {
    const area = this.#areas.get(shape)
    if (!area) return
    const context = this.#context
    const { left, top, right, bottom } = area
    context.beginPath()
    context.roundRect(left, top, right - left, bottom - top, RADIUS)
    context.fillStyle = color
    context.fill()
    context.fillStyle = textColor
    // Narrower than the text only where the picture is.
    const room = right - left - 2 * PADDING
    if (room > 0) context.fillText(shape.label, left + PADDING, (top + bottom) / 2 + 0.5, room)
  }

  /** The shape with the topmost label at a point, in CSS pixels. */
  at(x: number, y: number): Shape | undefined {
    let topmost: Shape | undefined
    for (const [shape, { left, top, right, bottom }] of this.#areas)
      if (x >= left && x < right && y >= top && y < bottom) topmost = shape
    return topmost
  }

  #width(text: string): number {
    let width = this.#widths.get(text)
    if (width === undefined) {
      if (this.#widths.size >= MOST_WIDTHS) this.#widths.clear()
      width = Math.ceil(this.#context.measureText(text).width) + 2 * PADDING
      this.#widths.set(text, width)
    }
    return width
  }
}
