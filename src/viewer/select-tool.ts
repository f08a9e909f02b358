import { html, setText } from './dom.js'
import { fateOfKey } from './input-messages.js'
import { type Placement, type Point, toBox, toSource } from './placement.js'
import { moved, type Rect, rectOfDrag, resized } from './selection.js'
import type { Tool } from './surface.js'

/** The message `select`. */
interface Request {
  readonly id: number
  readonly crosshair: boolean
  readonly fromCenter: boolean
}

/** What choosing needs of the element. */
export interface SelectHost {
  readonly placement: Placement | undefined
  /** `undefined`: the person declined. */
  selected(id: number, rect: Rect | undefined): void
  /** Choosing has begun, or is over. */
  changed(): void
  /** Gives the picture the keyboard. */
  focus(): void
}

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

/** Lets the person choose a rectangle, as OpenCV's `selectROI`. */
export class SelectTool implements Tool {
  readonly root = html('div', { class: 'select', part: 'select', hidden: '' })
  readonly #host: SelectHost
  readonly #box = html('div', { class: 'rubber' })
  readonly #cross = html('div', { class: 'crosshair' })
  readonly #text = html('span', { role: 'status' })
  readonly #use = html('button', { type: 'button', class: 'primary' }, 'Use')
  #request: Request | undefined
  #rect: Rect | undefined
  #from: { id: number; at: Point } | undefined

  constructor(host: SelectHost) {
    this.#host = host
    const cancel = html('button', { type: 'button' }, 'Cancel')
    this.#use.addEventListener('click', () => this.#answer(this.#rect))
    cancel.addEventListener('click', () => this.#answer(undefined))
    this.#box.append(this.#cross)
    this.root.append(this.#box, html('div', { class: 'hint' }, this.#text, this.#use, cancel))
  }

  /** Whether a rectangle is being chosen. */
  get active(): boolean {
    return this.#request !== undefined
  }

  /**
   * The server asks; an earlier question is not answered any more.
   * @returns false when it was asked that already: a server that is not sure asks again
   */
  begin({ id, crosshair, fromCenter }: Request): boolean {
    if (this.#request?.id === id) return false
    this.#request = { id, crosshair, fromCenter }
    this.#from = this.#rect = undefined
    this.#cross.hidden = !crosshair
    this.root.hidden = false
    this.layout()
    this.#host.changed()
    return true
  }

  /** The question `id`, or any, is not asked any more. */
  end(id = this.#request?.id): void {
    if (!this.#request || this.#request.id !== id) return
    // A button that goes away would leave the keyboard to nobody.
    if (this.root.matches(':focus-within')) this.#host.focus()
    this.#request = this.#from = this.#rect = undefined
    this.root.hidden = true
    this.#host.changed()
  }

  /** Puts the rectangle where the picture lies now. */
  layout(): void {
    if (!this.#request) return
    const { placement } = this.#host
    const rect = this.#rect
    this.#box.hidden = !rect || !placement
    this.#use.disabled = !usable(rect)
    setText(
      this.#text,
      rect
        ? `${rect.width} × ${rect.height} at ${rect.x}, ${rect.y}`
        : `Drag a rectangle${this.#request.fromCenter ? ' from its middle' : ''}`,
    )
    if (!rect || !placement) return
    const start = toBox(placement, rect)
    const end = toBox(placement, { x: rect.x + rect.width, y: rect.y + rect.height })
    const { style } = this.#box
    style.left = `${start.x}px`
    style.top = `${start.y}px`
    style.width = `${end.x - start.x}px`
    style.height = `${end.y - start.y}px`
  }

  down(event: PointerEvent, at: Point): boolean {
    const { placement } = this.#host
    if (!this.#request || !placement) return false
    if (event.button === 0 && !this.#from) {
      this.#from = { id: event.pointerId, at: toSource(placement, at) }
      this.#rect = undefined
      this.layout()
    }
    return true
  }

  drag(event: PointerEvent, at: Point): void {
    const { placement } = this.#host
    if (!placement || !this.#request || this.#from?.id !== event.pointerId) return
    const { source } = placement
    this.#rect = rectOfDrag(this.#from.at, toSource(placement, at), source, this.#request.fromCenter)
    this.layout()
  }

  up(event: PointerEvent): void {
    if (this.#from?.id !== event.pointerId) return
    this.#from = undefined
    // A click without a drag chooses nothing.
    if (!usable(this.#rect)) this.#rect = undefined
    this.layout()
  }

  cancel(pointerId: number): void {
    if (this.#from?.id !== pointerId) return
    this.#from = this.#rect = undefined
    this.layout()
  }

  hover(): boolean {
    return this.active
  }

  double(): boolean {
    return this.active
  }

  key(event: KeyboardEvent): boolean {
    if (!this.active || event.ctrlKey || event.metaKey || event.altKey) return false
    if (fateOfKey(event) === 'leave') return false
    if (event.type !== 'keydown') return true
    const { placement } = this.#host
    const arrow = ARROWS[event.key]
    if (event.key === 'Enter' || event.key === ' ') {
      if (usable(this.#rect)) this.#answer(this.#rect)
    } else if (event.key === 'Escape' || event.key.toLowerCase() === 'c') this.#answer(undefined)
    else if (arrow && placement) {
      const { source } = placement
      const [dx, dy] = arrow
      // Without a mouse: a quarter of the picture to begin with.
      this.#rect = this.#rect
        ? (event.shiftKey ? resized : moved)(this.#rect, dx, dy, source)
        : rectOfDrag(
            { x: source.width * 0.375, y: source.height * 0.375 },
            { x: source.width * 0.625, y: source.height * 0.625 },
            source,
            false,
          )
      this.layout()
    }
    return true
  }

  #answer(rect: Rect | undefined): void {
    const id = this.#request?.id
    if (id === undefined) return
    this.end()
    this.#host.selected(id, rect)
  }
}

function usable(rect: Rect | undefined): rect is Rect {
  return rect !== undefined && rect.width > 0 && rect.height > 0
}
