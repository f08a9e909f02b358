import { html, ICONS, icon, setText } from './dom.js'
import { ELEMENT_STYLE } from './element-style.js'
import { type Fit, type Placement, place, type Size } from './placement.js'
import { StatsPanel } from './stats-panel.js'
import type { Status } from './status-text.js'

/** From this size on, in device pixels a source pixel, pixels are what one wants to see. */
const PIXELATED_FROM = 3

let sheet: CSSStyleSheet | undefined

/** The shadow tree of `<pixelcast-view>`: what is in it, where the picture lies, what is said. */
export class ElementView {
  readonly video = html('video', {
    part: 'video',
    autoplay: '',
    playsinline: '',
    disablepictureinpicture: '',
  })
  readonly stats = new StatsPanel()
  readonly controls = html('div', { class: 'controls', part: 'controls', hidden: '' })
  readonly badge = html('span')
  /** Where the picture lies in the stage; undefined before the first one. */
  placement: Placement | undefined
  onToggleStats: () => void = () => {}
  onToggleFullscreen: () => void = () => {}
  readonly #stage = html('div', { class: 'stage' })
  readonly #frame = html('div', { class: 'frame', part: 'frame' }, this.video)
  readonly #text = html('p', { class: 'text' })
  readonly #detail = html('p', { class: 'detail' })
  readonly #status = html(
    'div',
    { class: 'status', part: 'status', role: 'status', hidden: '' },
    html('span', { class: 'spinner', 'aria-hidden': 'true' }),
    this.#text,
    this.#detail,
  )
  /** The last picture of a connection that was lost, until the next one has its first. */
  #still: HTMLCanvasElement | undefined
  #coded: Size | undefined
  readonly #statsButton = button('Statistics', ICONS.stats, () => this.onToggleStats())

  constructor(root: ShadowRoot) {
    if (!sheet) {
      // A constructed sheet: a page may forbid inline styles (Content-Security-Policy).
      sheet = new CSSStyleSheet()
      sheet.replaceSync(ELEMENT_STYLE)
    }
    root.adoptedStyleSheets = [sheet]
    // The attribute alone mutes only a video that the parser made.
    this.video.muted = true
    this.stats.root.hidden = true
    this.controls.append(
      html('span', { class: 'badge' }, html('span', { class: 'dot' }), this.badge),
      this.#statsButton,
      button('Full screen', ICONS.fullscreen, () => this.onToggleFullscreen()),
    )
    this.#stage.append(this.#frame, this.#status, this.stats.root, this.controls)
    root.append(this.#stage)
  }

  showStats(shown: boolean): void {
    this.stats.root.hidden = !shown
    this.#statsButton.setAttribute('aria-pressed', String(shown))
  }

  showStatus(status: Status | undefined): void {
    this.#status.hidden = status === undefined
    this.#status.classList.toggle('quiet', status?.busy === false)
    setText(this.#text, status?.text ?? '')
    setText(this.#detail, status?.detail ?? '')
  }

  /** Keeps what the video shows now, while the video itself turns to the next connection. */
  freeze(): void {
    const { videoWidth: width, videoHeight: height } = this.video
    if (this.#still || width === 0 || height === 0) return
    const still = html('canvas', { 'aria-hidden': 'true' })
    still.width = width
    still.height = height
    still.getContext('2d')?.drawImage(this.video, 0, 0)
    still.style.width = this.video.style.width
    still.style.height = this.video.style.height
    this.#frame.append(still)
    this.#still = still
  }

  /** Shows the video again. */
  thaw(): void {
    this.#still?.remove()
    this.#still = undefined
  }

  /** Forgets the picture: what comes is another one. */
  clear(): void {
    this.thaw()
    this.#coded = this.placement = undefined
  }

  /** Puts the picture in its place; an unknown size leaves the box to the status. */
  layout(
    host: HTMLElement,
    image: Size | undefined,
    fit: Fit,
    rendering: 'auto' | 'smooth' | 'pixelated',
  ): void {
    const { videoWidth: width, videoHeight: height } = this.video
    if (width > 0 && height > 0) this.#coded = { width, height }
    const coded = this.#coded
    const source = image ?? coded
    if (!source) return
    // A host without a height of its own takes the image's shape.
    this.#stage.style.aspectRatio = `${source.width} / ${source.height}`
    const box = { width: host.clientWidth, height: host.clientHeight }
    if (!coded || box.width === 0 || box.height === 0) return
    const placed = place({ box, image: source, coded, fit, ratio: devicePixelRatio })
    this.placement = placed
    const { style, classList } = this.#frame
    style.left = `${placed.left}px`
    style.top = `${placed.top}px`
    style.width = `${placed.width}px`
    style.height = `${placed.height}px`
    for (const picture of this.#still ? [this.video, this.#still] : [this.video]) {
      picture.style.width = `${placed.codedWidth * 100}%`
      picture.style.height = `${placed.codedHeight * 100}%`
    }
    const large = rendering === 'auto' && placed.scale >= PIXELATED_FROM
    classList.toggle('pixelated', large || rendering === 'pixelated')
  }
}

function button(label: string, path: string, action: () => void): HTMLButtonElement {
  const element = html('button', { type: 'button', 'aria-label': label, title: label }, icon(path))
  element.addEventListener('click', action)
  return element
}
