import { shapeAt } from './hit.js'
import { Painter } from './painter.js'
import { readShapes, type Shape } from './shapes.js'
import { type OverlayView, type PicturePlace, viewOf } from './view.js'

/** How close is close enough, in CSS pixels: a mouse is exact, a finger is not. */
const MOUSE_REACH = 4
const FINGER_REACH = 14

/** Detail of the `object` event: somebody has clicked on something that the metadata of a frame describe. */
export interface ObjectEvent {
  /** As it stands in `metadata.objects`. */
  readonly object: unknown
  /** Where it was pressed, in pixels of the source image, fractions included. */
  readonly x: number
  /** As `x`. */
  readonly y: number
  /** Of the frame that was on the screen then. */
  readonly metadata: unknown
}

/**
 * What the metadata of the frame on the screen describe, drawn over it. The canvas has the size of the
 * element in device pixels, not of the picture: it stays sharp, and small, at any zoom.
 */
export class Overlay {
  readonly canvas = document.createElement('canvas')
  /** There is something to draw for the first time. */
  onObjects: () => void = () => {}
  /** An object has come under the pointer, or there is none any more. */
  onHover: (isHovering: boolean) => void = () => {}
  readonly #painter: Painter | undefined
  /** A recording paints on the same canvas again and again. */
  readonly #others = new WeakMap<CanvasRenderingContext2D, Painter>()
  #metadata: unknown
  #shapes: readonly Shape[] = []
  #hovered: Shape | undefined
  /** Where the pointer is, in CSS pixels. */
  #pointer: { readonly x: number; readonly y: number } | undefined
  #box = { width: 0, height: 0 }
  #view: OverlayView | undefined
  #shown = true
  #hadObjects = false
  #isBlank = true

  constructor() {
    this.canvas.setAttribute('aria-hidden', 'true')
    const context = this.canvas.getContext('2d')
    this.#painter = context ? new Painter(context) : undefined
  }

  /** Whether objects are drawn. */
  get shown(): boolean {
    return this.#shown
  }
  set shown(shown: boolean) {
    this.#shown = shown
    this.#update()
  }

  /** Another frame is on the screen; without metadata nothing is drawn over it. */
  show(metadata: unknown): void {
    if (metadata === undefined && this.#metadata === undefined) return
    this.#metadata = metadata
    this.#shapes = readShapes(metadata)
    if (this.#shapes.length > 0 && !this.#hadObjects) {
      this.#hadObjects = true
      this.onObjects()
    }
    this.#update()
  }

  /**
   * Where the picture lies from now on: to be told whenever that changes, at once.
   *
   * @param box of the element, in CSS pixels
   */
  place(box: { readonly width: number; readonly height: number }, place: PicturePlace): void {
    this.#box = { width: box.width, height: box.height }
    this.#view = viewOf(place, box)
    this.#update()
  }

  /** The pointer is here, in CSS pixels from the top left of the canvas; undefined: nowhere. */
  point(pointer: { readonly x: number; readonly y: number } | undefined): void {
    this.#pointer = pointer
    if (this.#hover()) this.#draw()
  }

  /** What lies at a point, in CSS pixels from the top left of the canvas. */
  objectAt(x: number, y: number, isFinger = false): ObjectEvent | undefined {
    const shape = this.#shapeAt(x, y, isFinger ? FINGER_REACH : MOUSE_REACH)
    const view = this.#view
    if (!shape || !view) return undefined
    return {
      object: shape.object,
      x: (x - view.left) / view.scaleX,
      y: (y - view.top) / view.scaleY,
      metadata: this.#metadata,
    }
  }

  /** Paints the objects, if they are shown, over a picture of the size of the image: one unit of `context` a source pixel. */
  paintOver(
    context: CanvasRenderingContext2D,
    image: { readonly width: number; readonly height: number },
  ): void {
    if (!this.#shown || this.#shapes.length === 0) return
    const painter = this.#others.get(context) ?? new Painter(context)
    this.#others.set(context, painter)
    const view = viewOf({ left: 0, top: 0, ...image, source: image }, image)
    painter.arrange(this.#shapes, view)
    painter.paintOver(this.#shapes, undefined, view, 1)
  }

  #shapeAt(x: number, y: number, reach: number): Shape | undefined {
    const view = this.#view
    if (!view || !this.#shown) return undefined
    const { left, top, right, bottom } = view.visible
    if (x < left || x >= right || y < top || y >= bottom) return undefined
    const tolerance = { x: reach / view.scaleX, y: reach / view.scaleY }
    return (
      this.#painter?.labelled(x, y) ??
      shapeAt(this.#shapes, (x - view.left) / view.scaleX, (y - view.top) / view.scaleY, tolerance)
    )
  }

  /** There are other shapes, or they are somewhere else. */
  #update(): void {
    if (this.#view) this.#painter?.arrange(this.#shapes, this.#view)
    this.#hover()
    this.#draw()
  }

  /** @returns whether another shape is under the pointer now */
  #hover(): boolean {
    const before = this.#hovered
    this.#hovered = this.#pointer && this.#shapeAt(this.#pointer.x, this.#pointer.y, MOUSE_REACH)
    if ((before === undefined) !== (this.#hovered === undefined)) this.onHover(this.#hovered !== undefined)
    return this.#hovered !== before
  }

  #draw(): void {
    const shapes = this.#shown ? this.#shapes : []
    if (!this.#painter || !this.#view || (shapes.length === 0 && this.#isBlank)) return
    this.#isBlank = shapes.length === 0
    const ratio = devicePixelRatio
    const width = Math.round(this.#box.width * ratio)
    const height = Math.round(this.#box.height * ratio)
    // Set anew a canvas loses its content and its memory: only when it changes.
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width
      this.canvas.height = height
      this.canvas.style.width = `${width / ratio}px`
      this.canvas.style.height = `${height / ratio}px`
    }
    this.#painter.paint(shapes, this.#hovered, this.#view, ratio)
  }
}
