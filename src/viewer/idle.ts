/** Nothing moved for this long: whoever watches wants to see the picture, ms. */
const IDLE_MS = 2_500

/** Says when nobody moves the pointer over an element, touches it or uses the keyboard in it. */
export class Idle {
  readonly #host: HTMLElement
  readonly #changed: (idle: boolean) => void
  #timer: ReturnType<typeof setTimeout> | undefined
  #idle = false

  constructor(host: HTMLElement, changed: (idle: boolean) => void) {
    this.#host = host
    this.#changed = changed
    for (const type of ['pointermove', 'pointerdown', 'keydown', 'focusin'])
      host.addEventListener(type, () => this.wake(), { passive: true, capture: true })
    host.addEventListener('pointerleave', (event) => {
      if ((event as PointerEvent).pointerType === 'mouse') this.#wait(IDLE_MS / 5)
    })
  }

  /** Something moved. */
  wake(): void {
    this.#tell(false)
    this.#wait(IDLE_MS)
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  #wait(ms: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      // Somebody reads, or is about to press, what would vanish.
      if (this.#host.matches(':hover') && this.#host.shadowRoot?.querySelector('.bar:hover, .top:hover'))
        this.#wait(IDLE_MS)
      else this.#tell(true)
    }, ms)
  }

  #tell(idle: boolean): void {
    if (idle === this.#idle) return
    this.#idle = idle
    this.#changed(idle)
  }
}
