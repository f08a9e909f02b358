import type { ControlState } from '../common/channel-protocol.js'
import { html } from './dom.js'
import { TrackbarValue } from './trackbar-value.js'

/** What a slider does something with. */
const SLIDER_KEYS = new Set([
  'ArrowLeft',
  'ArrowRight',
  'ArrowUp',
  'ArrowDown',
  'Home',
  'End',
  'PageUp',
  'PageDown',
])

/** The track's trackbars: name, slider, number. */
export class Trackbars {
  readonly root = html('div', {
    class: 'trackbars',
    part: 'trackbars',
    role: 'group',
    'aria-label': 'Controls',
    hidden: '',
  })
  readonly #send: (name: string, value: number) => void
  readonly #rows = new Map<string, Trackbar>()
  #left: () => void = () => {}
  #enabled = false
  #wanted = false

  /** @param send a person moved one */
  constructor(send: (name: string, value: number) => void) {
    this.#send = send
  }

  /**
   * A slider that was moved has the keyboard, as long as nothing else is clicked: what it does not use is for others.
   *
   * @param left the keyboard went elsewhere: what is held comes up there, or nowhere. Not called when it went to `to`
   */
  passKeys(pass: (event: KeyboardEvent) => void, left: () => void, to: HTMLElement): void {
    this.#left = left
    this.root.addEventListener('focusout', ({ relatedTarget }) => {
      if (relatedTarget !== to) left()
    })
    for (const type of ['keydown', 'keyup'] as const)
      this.root.addEventListener(type, (event) => {
        const isOfSlider = event.target instanceof HTMLInputElement && event.target.type === 'range'
        if (isOfSlider && !SLIDER_KEYS.has(event.key)) pass(event)
      })
  }

  /** All there are from now on, in order; one that is kept is not disturbed while it is being dragged. */
  show(controls: readonly ControlState[]): void {
    const names = new Set(controls.map(({ name }) => name))
    for (const [name, row] of this.#rows)
      if (!names.has(name)) {
        // Not every browser tells of a focus that was taken out of the page.
        if (row.root.matches(':focus-within')) this.#left()
        row.remove()
        this.#rows.delete(name)
      }
    for (const [index, control] of controls.entries()) {
      let row = this.#rows.get(control.name)
      if (!row) {
        row = new Trackbar(control.name, this.#send)
        this.#rows.set(control.name, row)
      }
      row.update(control)
      row.enabled = this.#enabled
      // Moved only when it has to be: a slider that is taken out of the page loses the pointer.
      const there = this.root.children[index]
      if (there !== row.root) this.root.insertBefore(row.root, there ?? null)
    }
    // As wide for all as the longest number needs: the sliders then end at one line.
    const digits = controls.map(({ min, max }) => Math.max(String(min).length, String(max).length))
    this.root.style.setProperty('--digits', String(Math.max(3, ...digits)))
    this.#showOrHide()
  }

  /** Whether they are shown when there are some. */
  set wanted(wanted: boolean) {
    this.#wanted = wanted
    this.#showOrHide()
  }

  /** One has a new value. */
  set(name: string, value: number): void {
    this.#rows.get(name)?.set(value)
  }

  /** Whether they can be moved. */
  set enabled(enabled: boolean) {
    this.#enabled = enabled
    for (const row of this.#rows.values()) row.enabled = enabled
  }

  #showOrHide(): void {
    this.root.hidden = !this.#wanted || this.#rows.size === 0
  }
}

class Trackbar {
  readonly root: HTMLElement
  readonly #slider = html('input', { type: 'range', step: '1' })
  readonly #number = html('input', { type: 'number', step: '1', inputmode: 'numeric' })
  readonly #value: TrackbarValue

  constructor(name: string, send: (name: string, value: number) => void) {
    this.#value = new TrackbarValue({
      show: (value) => this.#show(value),
      send: (value) => send(name, value),
    })
    this.#slider.setAttribute('aria-label', name)
    this.#number.setAttribute('aria-label', `${name}, value`)
    this.root = html(
      'div',
      { class: 'trackbar' },
      html('span', { class: 'name', title: name }, name),
      this.#slider,
      this.#number,
    )
    this.#slider.addEventListener('pointerdown', ({ pointerId }) => this.#grab(pointerId))
    this.#slider.addEventListener('input', () => this.#value.move(this.#slider.valueAsNumber))
    // There is none when a drag ends where it began.
    this.#slider.addEventListener('change', () => this.#value.release())
    this.#slider.addEventListener('blur', () => this.#value.release())
    this.#number.addEventListener('change', () => {
      const { min, max, valueAsNumber } = this.#number
      if (Number.isFinite(valueAsNumber))
        this.#value.move(Math.round(Math.min(Number(max), Math.max(Number(min), valueAsNumber))))
      this.#show(this.#value.value)
    })
  }

  update({ min, max, value }: ControlState): void {
    for (const input of [this.#slider, this.#number]) {
      input.min = String(min)
      input.max = String(max)
    }
    this.set(value)
  }

  set enabled(enabled: boolean) {
    this.#slider.disabled = this.#number.disabled = !enabled
    if (!enabled) this.#value.release()
  }

  /** A value from the server. */
  set(value: number): void {
    this.#value.tell(value)
  }

  remove(): void {
    this.#value.clear()
    this.root.remove()
  }

  #grab(pointer: number): void {
    this.#value.grab()
    const types = ['pointerup', 'pointercancel'] as const
    const letGo = ({ pointerId }: PointerEvent): void => {
      if (pointerId !== pointer) return
      for (const type of types) removeEventListener(type, letGo, true)
      // Firefox looks once more where the mouse is when it comes up, and tells that after this event.
      setTimeout(() => this.#value.release())
    }
    // Of the window: it may come up anywhere.
    for (const type of types) addEventListener(type, letGo, true)
  }

  #show(value: number): void {
    this.#slider.value = this.#number.value = String(value)
  }
}
