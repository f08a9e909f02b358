import type { Point } from './placement.js'

/** What does something with the pointer and the keys on the picture; the first one that takes an event has it. */
export interface Tool {
  /** Sees every event of a pointer, whoever takes it. */
  watch?(event: PointerEvent, at: Point): void
  /** A button or finger goes down: true takes it, and all that it does until it is up. */
  down?(event: PointerEvent, at: Point): boolean
  /** What was taken moves, or another button of the same mouse changes. */
  drag?(event: PointerEvent, at: Point): void
  up?(event: PointerEvent, at: Point): void
  /** It was taken away: by the browser, or by a tool of higher rank. */
  cancel?(pointerId: number): void
  /** Moves without a button. */
  hover?(event: PointerEvent, at: Point): boolean
  leave?(event: PointerEvent): boolean
  wheel?(event: WheelEvent, at: Point): boolean
  double?(event: MouseEvent, at: Point): boolean
  key?(event: KeyboardEvent): boolean
  /** The picture lost the keyboard. */
  blur?(): void
  menu?(event: MouseEvent, at: Point): boolean
}

/** Where pointers and keys arrive: hands each event to the first tool that takes it. */
export class Surface {
  /** Points are in CSS pixels from its top left. */
  readonly root: HTMLElement
  readonly #tools: readonly Tool[]
  readonly #owners = new Map<number, Tool>()

  /** @param tools by rank */
  constructor(root: HTMLElement, tools: readonly Tool[]) {
    this.root = root
    this.#tools = tools
    const on = <K extends keyof HTMLElementEventMap>(
      type: K,
      listener: (event: HTMLElementEventMap[K]) => void,
    ): void => root.addEventListener(type, listener, { passive: false })
    on('pointerdown', (event) => this.#down(event))
    on('pointermove', (event) => this.#move(event))
    on('pointerup', (event) => this.#up(event))
    on('pointercancel', (event) => this.#lost(event))
    on('lostpointercapture', (event) => this.#lost(event))
    // Nothing of the browser's own: no text is selected, nothing scrolls by itself.
    on('mousedown', (event) => {
      if (this.#owners.size > 0) event.preventDefault()
    })
    on('pointerleave', (event) => {
      this.#watch(event)
      if (!this.#owners.has(event.pointerId)) this.#first(event, (tool) => tool.leave?.(event))
    })
    on('wheel', (event) => this.#first(event, (tool) => tool.wheel?.(event, this.at(event))))
    on('dblclick', (event) => this.#first(event, (tool) => tool.double?.(event, this.at(event))))
    on('contextmenu', (event) => this.#first(event, (tool) => tool.menu?.(event, this.at(event))))
    on('keydown', (event) => this.key(event))
    on('keyup', (event) => this.key(event))
    on('blur', () => this.blur())
    // The browser must not make a scroll or a zoom of its own of what two fingers do.
    on('touchmove', (event) => {
      if (event.touches.length > 1 && event.cancelable) event.preventDefault()
    })
  }

  /** The place of an event; a page that shows the element scaled (CSS `transform`) changes nothing. */
  at(event: MouseEvent): Point {
    const { left, top, width, height } = this.root.getBoundingClientRect()
    // As it is laid out, fractions included, which `clientWidth` rounds away.
    const laidOut = getComputedStyle(this.root)
    return {
      x: ((event.clientX - left) * Number.parseFloat(laidOut.width)) / width,
      y: ((event.clientY - top) * Number.parseFloat(laidOut.height)) / height,
    }
  }

  /** A key, pressed or released here or elsewhere. */
  key(event: KeyboardEvent): void {
    this.#first(event, (tool) => tool.key?.(event))
  }

  /** The keyboard went elsewhere, from here or from where its keys were passed on. */
  blur(): void {
    for (const tool of this.#tools) tool.blur?.()
  }

  /** Gives a pointer that is down to another tool. */
  take(pointerId: number, tool: Tool): void {
    this.#owners.get(pointerId)?.cancel?.(pointerId)
    this.#owners.set(pointerId, tool)
  }

  #watch(event: PointerEvent): Point {
    const at = this.at(event)
    for (const tool of this.#tools) tool.watch?.(event, at)
    return at
  }

  #down(event: PointerEvent): void {
    const at = this.#watch(event)
    for (const tool of this.#tools) {
      if (!tool.down?.(event, at)) continue
      this.#owners.set(event.pointerId, tool)
      // A pointer that does not exist (a made-up event) cannot be captured; it works without.
      try {
        this.root.setPointerCapture(event.pointerId)
      } catch {}
      this.root.focus({ preventScroll: true })
      return
    }
  }

  #move(event: PointerEvent): void {
    const at = this.#watch(event)
    const owner = this.#owners.get(event.pointerId)
    if (owner) owner.drag?.(event, at)
    else for (const tool of this.#tools) if (tool.hover?.(event, at)) return
  }

  #up(event: PointerEvent): void {
    const at = this.#watch(event)
    const owner = this.#owners.get(event.pointerId)
    this.#owners.delete(event.pointerId)
    owner?.up?.(event, at)
  }

  #lost(event: PointerEvent): void {
    this.#watch(event)
    const { pointerId } = event
    const owner = this.#owners.get(pointerId)
    this.#owners.delete(pointerId)
    owner?.cancel?.(pointerId)
  }

  #first(event: Event, ask: (tool: Tool) => boolean | undefined): void {
    for (const tool of this.#tools)
      if (ask(tool)) {
        event.preventDefault()
        return
      }
  }
}
