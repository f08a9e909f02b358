import { wheelDelta } from './input-messages.js'
import type { Point } from './placement.js'
import type { Surface, Tool } from './surface.js'
import type { Zooming } from './zooming.js'

/** A notch of a wheel, 100 to 120 CSS pixels, zooms by a quarter. */
const WHEEL_BASE = 1.002
const STEP = 1.25
/** A key moves a zoomed picture by this many CSS pixels. */
const KEY_PAN = 40
const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [KEY_PAN, 0],
  ArrowRight: [-KEY_PAN, 0],
  ArrowUp: [0, KEY_PAN],
  ArrowDown: [0, -KEY_PAN],
}

/**
 * Gestures that are the viewer's own, whoever has the right to control: the wheel with Ctrl (a
 * touchpad's pinch comes as that), two fingers, and a drag with the space bar held.
 */
export class OwnGestures implements Tool {
  /** Set once, after the surface was made of its tools. */
  surface: Surface | undefined
  readonly #zooming: Zooming
  readonly #fingers = new Map<number, Point>()
  #space = false
  #dragged: { id: number; last: Point } | undefined
  #pinching = false

  constructor(zooming: Zooming) {
    this.#zooming = zooming
  }

  watch(event: PointerEvent, at: Point): void {
    if (event.pointerType !== 'touch') return
    const { pointerId: id, type } = event
    if (type === 'pointerdown') this.#fingers.set(id, at)
    else if (type !== 'pointermove') this.#fingers.delete(id)
    else if (!this.#pinching && this.#fingers.has(id)) this.#fingers.set(id, at)
    if (this.#fingers.size === 0) this.#pinching = false
  }

  down(event: PointerEvent, at: Point): boolean {
    if (event.pointerType === 'touch' && this.#fingers.size > 1) {
      for (const id of this.#fingers.keys()) if (id !== event.pointerId) this.surface?.take(id, this)
      this.#pinching = true
      return true
    }
    if (!this.#space || event.button !== 0) return false
    this.#dragged = { id: event.pointerId, last: at }
    return true
  }

  drag(event: PointerEvent, at: Point): void {
    if (this.#dragged?.id === event.pointerId) {
      this.#zooming.pan(at.x - this.#dragged.last.x, at.y - this.#dragged.last.y)
      this.#dragged.last = at
      return
    }
    const [a, b] = this.#fingers.values()
    if (!this.#fingers.has(event.pointerId)) return
    this.#fingers.set(event.pointerId, at)
    const [c, d] = this.#fingers.values()
    if (!a || !c) return
    const from = b ? middle(a, b) : a
    const to = d ? middle(c, d) : c
    const factor = b && d ? distance(c, d) / Math.max(1, distance(a, b)) : 1
    if (Math.abs(factor - 1) > 1e-4) this.#zooming.by(factor, from)
    this.#zooming.pan(to.x - from.x, to.y - from.y)
  }

  up(event: PointerEvent): void {
    this.cancel(event.pointerId)
  }

  cancel(pointerId: number): void {
    if (this.#dragged?.id === pointerId) this.#dragged = undefined
  }

  wheel(event: WheelEvent, at: Point): boolean {
    if (!event.ctrlKey) return false
    turn(this.#zooming, event, at)
    return true
  }

  key(event: KeyboardEvent): boolean {
    if (event.code === 'Space') this.#space = event.type === 'keydown'
    return false
  }

  blur(): void {
    this.#space = false
  }
}

/** What mouse and keys do to the picture as long as nobody on the server listens to them. */
export class FreeGestures implements Tool {
  readonly #zooming: Zooming
  /** Whether the plain wheel is the picture's: else it scrolls the page. */
  readonly #wheelFree: () => boolean
  #dragged: { id: number; last: Point } | undefined

  constructor(zooming: Zooming, wheelFree: () => boolean) {
    this.#zooming = zooming
    this.#wheelFree = wheelFree
  }

  down(event: PointerEvent, at: Point): boolean {
    // Not the right button: its menu offers to save the picture.
    if (!this.#zooming.zoom || (event.button !== 0 && event.button !== 1)) return false
    this.#dragged ??= { id: event.pointerId, last: at }
    return this.#dragged.id === event.pointerId
  }

  drag(event: PointerEvent, at: Point): void {
    if (this.#dragged?.id !== event.pointerId) return
    this.#zooming.pan(at.x - this.#dragged.last.x, at.y - this.#dragged.last.y)
    this.#dragged.last = at
  }

  up(event: PointerEvent): void {
    this.cancel(event.pointerId)
  }

  cancel(pointerId: number): void {
    if (this.#dragged?.id === pointerId) this.#dragged = undefined
  }

  wheel(event: WheelEvent, at: Point): boolean {
    // At the size that fits, turning it outwards is not for the picture.
    if (!this.#wheelFree() || (!this.#zooming.zoom && event.deltaY >= 0)) return false
    turn(this.#zooming, event, at)
    return true
  }

  /** To twice the size, or to 1:1 if that is more; back to what fits. */
  double(_event: MouseEvent, at: Point): boolean {
    if (this.#zooming.zoom) this.#zooming.fit()
    else this.#zooming.to(Math.max(1, 2 * this.#zooming.scale), at)
    return true
  }

  key(event: KeyboardEvent): boolean {
    if (event.type !== 'keydown' || event.ctrlKey || event.metaKey || event.altKey) return false
    const arrow = ARROWS[event.key]
    if (event.key === '+' || event.key === '=') this.#zooming.by(STEP)
    else if (event.key === '-') this.#zooming.by(1 / STEP)
    else if (event.key === '0') this.#zooming.fit()
    else if (event.key === '1') this.#zooming.to(1)
    else if (arrow && this.#zooming.zoom) this.#zooming.pan(...arrow)
    // With a drag it moves the picture; without one it must not scroll the page away.
    else return event.key === ' ' && this.#zooming.zoom !== undefined
    return true
  }
}

function turn(zooming: Zooming, event: WheelEvent, at: Point): void {
  const { dy } = wheelDelta(event)
  // A touchpad's pinch tells small numbers for large movements.
  const pinch = event.ctrlKey && Math.abs(dy) < 40
  zooming.by(WHEEL_BASE ** (-dy * (pinch ? 5 : 1)), at)
}

function middle(a: Point, b: Point): Point {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y)
}
