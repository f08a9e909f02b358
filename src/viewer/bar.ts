import { html, ICONS, icon, setText } from './dom.js'
import { formatTime, formatZoom } from './format.js'

/** What the buttons do. */
export interface BarActions {
  zoomBy(factor: number): void
  resetZoom(): void
  snapshot(): void
  toggleRecording(): void
  toggleOverlay(): void
  toggleStats(): void
  toggleFullscreen(): void
}

const STEP = 1.5

/** The bar of `controls`: state, zoom, snapshot, recording, statistics, full screen. */
export class Bar {
  readonly root = html('div', {
    class: 'bar',
    part: 'controls',
    role: 'toolbar',
    'aria-label': 'Picture',
    hidden: '',
  })
  /** What the state is, in a word. */
  readonly badge = html('span')
  /** Buttons of others go before this one. */
  readonly stats: HTMLButtonElement
  readonly #objects: HTMLButtonElement
  readonly #zoom: HTMLButtonElement
  readonly #zoomText = html('span')
  readonly #record: HTMLButtonElement
  readonly #time = html('span', { class: 'time' })
  #timer: ReturnType<typeof setInterval> | undefined

  constructor(actions: BarActions) {
    this.#zoom = html('button', { type: 'button', class: 'percent', title: 'Fit (0)' }, this.#zoomText)
    this.#zoom.addEventListener('click', () => actions.resetZoom())
    this.#record = iconButton('Record', ICONS.record, () => actions.toggleRecording())
    this.#record.classList.add('capture', 'record')
    this.#record.append(this.#time)
    const snapshot = iconButton('Save a snapshot', ICONS.snapshot, () => actions.snapshot())
    snapshot.classList.add('capture')
    this.#objects = iconButton('Objects', ICONS.objects, () => actions.toggleOverlay())
    this.#objects.hidden = true
    this.stats = iconButton('Statistics', ICONS.stats, () => actions.toggleStats())
    this.root.append(
      html('span', { class: 'badge', part: 'badge' }, html('span', { class: 'dot' }), this.badge),
      html(
        'span',
        { class: 'zoom' },
        iconButton('Smaller', ICONS.minus, () => actions.zoomBy(1 / STEP)),
        this.#zoom,
        iconButton('Larger', ICONS.plus, () => actions.zoomBy(STEP)),
      ),
      snapshot,
      this.#record,
      this.#objects,
      this.stats,
      iconButton('Full screen', ICONS.fullscreen, () => actions.toggleFullscreen()),
    )
    this.showStats(false)
    this.showOverlay(true)
    this.showRecording(undefined)
  }

  /** Device pixels a source pixel, and whether that is just what fits. */
  showZoom(scale: number, fitted: boolean): void {
    const text = formatZoom(scale)
    setText(this.#zoomText, text)
    this.#zoom.setAttribute('aria-label', fitted ? `Zoom ${text}, fits` : `Zoom ${text}, make it fit`)
    this.#zoom.classList.toggle('zoomed', !fitted)
  }

  /** There are objects to draw: the button for them is of use only then. */
  offerOverlay(): void {
    this.#objects.hidden = false
  }

  showOverlay(shown: boolean): void {
    this.#objects.setAttribute('aria-pressed', String(shown))
  }

  showStats(shown: boolean): void {
    this.stats.setAttribute('aria-pressed', String(shown))
  }

  /** @param seconds tells the running time; undefined: nothing is recorded */
  showRecording(seconds: (() => number) | undefined): void {
    clearInterval(this.#timer)
    this.#record.setAttribute('aria-pressed', String(seconds !== undefined))
    const label = seconds ? 'Stop recording and save it' : 'Record'
    this.#record.setAttribute('aria-label', label)
    this.#record.title = label
    const show = (): void => setText(this.#time, seconds ? formatTime(seconds()) : '')
    show()
    if (seconds) this.#timer = setInterval(show, 500)
  }
}

/** A button with an icon and no text. */
export function iconButton(label: string, path: string, action: () => void): HTMLButtonElement {
  const element = html('button', { type: 'button', 'aria-label': label, title: label }, icon(path))
  element.addEventListener('click', action)
  return element
}
