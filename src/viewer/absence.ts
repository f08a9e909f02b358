/** Hidden this long, it stops: looking into another tab for a moment costs no reconnection, s. */
const DEFAULT_SECONDS = 5

/** Tells when nobody sees an element: the page is hidden, or the element is out of the window. */
export class Absence {
  readonly #element: Element
  readonly #changed: () => void
  readonly #observer: IntersectionObserver
  readonly #look = (): void => this.#check()
  #seconds = DEFAULT_SECONDS
  #inWindow = true
  /** Whether nobody has seen it for that long. */
  absent = false
  #timer: ReturnType<typeof setTimeout> | undefined

  /** @param changed nobody has seen the element for some seconds, or somebody sees it again */
  constructor(element: Element, changed: () => void) {
    this.#element = element
    this.#changed = changed
    this.#observer = new IntersectionObserver((entries) => {
      this.#inWindow = entries.at(-1)?.isIntersecting ?? true
      this.#check()
    })
  }

  /** @param seconds as the attribute says it; empty or no number: five */
  start(seconds: string): void {
    const number = seconds.trim() === '' ? Number.NaN : Number(seconds)
    this.#seconds = number >= 0 ? number : DEFAULT_SECONDS
    this.#observer.observe(this.#element)
    document.addEventListener('visibilitychange', this.#look)
    this.#check()
  }

  stop(): void {
    this.#observer.disconnect()
    document.removeEventListener('visibilitychange', this.#look)
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#inWindow = true
    this.#tell(false)
  }

  #check(): void {
    if (!document.hidden && this.#inWindow) {
      clearTimeout(this.#timer)
      this.#timer = undefined
      this.#tell(false)
    } else
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined
        this.#tell(true)
      }, this.#seconds * 1_000)
  }

  #tell(absent: boolean): void {
    if (absent === this.absent) return
    this.absent = absent
    this.#changed()
  }
}
