import type { Tool } from '../surface.js'
import type { ObjectEvent, Overlay } from './overlay.js'

/** A press that moves further than this was a drag, not a click; CSS pixels. */
const CLICK_REACH = 6

interface Place {
  readonly x: number
  readonly y: number
}

/**
 * Finds what people point at and click on in an overlay. Takes no event: what else the pointer does on the
 * picture (input, zoom) goes on as if there were no objects.
 */
export class Pointing implements Tool {
  readonly #overlay: Overlay
  readonly #choosing: { readonly active: boolean }
  readonly #clicked: (event: ObjectEvent) => void
  /** What was under the pointer when it went down: by the time of the click it may have moved on. */
  #pressed: { readonly pointer: number; readonly at: Place; readonly hit: ObjectEvent } | undefined

  /** @param choosing while that is active, something else is chosen on the picture */
  constructor(
    overlay: Overlay,
    choosing: { readonly active: boolean },
    clicked: (event: ObjectEvent) => void,
  ) {
    this.#overlay = overlay
    this.#choosing = choosing
    this.#clicked = clicked
  }

  watch(event: PointerEvent, at: Place): void {
    if (event.type === 'pointerdown') this.#down(event, at)
    else if (event.type === 'pointerup') this.#up(event, at)
    else if (event.type === 'pointercancel') this.#pressed = undefined
    // A finger hovers over nothing.
    const hovers = event.pointerType !== 'touch' && event.type !== 'pointerleave' && !this.#choosing.active
    this.#overlay.point(hovers ? at : undefined)
  }

  #down(event: PointerEvent, at: Place): void {
    const hit =
      event.button === 0 && event.isPrimary && !this.#choosing.active
        ? this.#overlay.objectAt(at.x, at.y, event.pointerType === 'touch')
        : undefined
    this.#pressed = hit && { pointer: event.pointerId, at, hit }
  }

  #up(event: PointerEvent, { x, y }: Place): void {
    const pressed = this.#pressed
    if (pressed?.pointer !== event.pointerId || event.button !== 0) return
    this.#pressed = undefined
    if (Math.hypot(x - pressed.at.x, y - pressed.at.y) <= CLICK_REACH) this.#clicked(pressed.hit)
  }
}
