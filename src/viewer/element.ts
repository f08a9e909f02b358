import { setText } from './dom.js'
import { ElementView } from './element-view.js'
import { FITS, type Fit } from './placement.js'
import { statusText } from './status-text.js'
import { Viewer } from './viewer.js'
import type { ViewerCodec, ViewerOptions } from './viewer-types.js'

/** In Node there is no `HTMLElement`: the module can be imported there, the element cannot be made. */
const Base = (typeof HTMLElement === 'undefined' ? class {} : HTMLElement) as typeof HTMLElement

/**
 * `<pixelcast-view src="/whep/NAME">`: a live track as an element.
 *
 * Attributes, each also a property:
 * - `src`: WHEP endpoint, absolute or relative to the page. Setting it connects, removing it ends.
 * - `token`: bearer token. Default: none.
 * - `codec`: `h264`, `vp8`, `vp9` or `av1`; several, best first, with spaces between. Default: any.
 * - `fit`: `contain` (default), `cover`, `fill` or `none`, as CSS `object-fit`.
 * - `rendering`: `auto` (default: sharp-edged pixels from three times the size on), `smooth`, `pixelated`.
 * - `controls`: a bar with state, statistics and full screen. Default: no bar.
 * - `stats`: the statistics panel. Default: not shown.
 *
 * Events (none bubbles): `connected`, `disconnected`, `state` (detail `StateChange`), `stats` (detail
 * `ViewerStats`), `size` (detail `Size`), `frame`.
 *
 * For styling: `data-state` and `data-picture` on the host; parts `video`, `frame`, `status`,
 * `stats`, `controls`; `--pixelcast-background`, `-color`, `-accent`, `-live`, `-font`, `-radius`.
 */
export class PixelcastViewElement extends Base {
  static readonly observedAttributes = ['src', 'token', 'codec', 'fit', 'rendering', 'controls', 'stats']
  readonly #view: ElementView
  #viewer: Viewer | undefined
  #picture = false
  #restartPlanned = false
  #resize: ResizeObserver | undefined

  constructor() {
    super()
    this.#view = new ElementView(this.attachShadow({ mode: 'open' }))
    this.#view.onToggleStats = () => {
      this.stats = !this.stats
    }
    this.#view.onToggleFullscreen = () => void this.toggleFullscreen()
    this.#view.video.addEventListener('resize', () => this.#layout())
    this.#view.video.addEventListener('loadeddata', () => this.#setPicture(true))
  }

  /** The connection; undefined while the element is not in a document or has no `src`. */
  get viewer(): Viewer | undefined {
    return this.#viewer
  }

  /** The element that shows the picture. With H.264 it may be a pixel larger than the image each way. */
  get video(): HTMLVideoElement {
    return this.#view.video
  }

  /** WHEP endpoint, absolute or relative to the page; empty: not connected. */
  get src(): string {
    return this.getAttribute('src') ?? ''
  }
  set src(value: string) {
    this.setAttribute('src', value)
  }

  /** Bearer token; empty: none. */
  get token(): string {
    return this.getAttribute('token') ?? ''
  }
  set token(value: string) {
    this.setAttribute('token', value)
  }

  /** Codecs to ask for, best first, with spaces between; empty: any. */
  get codec(): string {
    return this.getAttribute('codec') ?? ''
  }
  set codec(value: string) {
    this.setAttribute('codec', value)
  }

  /** How the picture lies in the element. Default `contain`. */
  get fit(): Fit {
    return FITS.find((fit) => fit === this.getAttribute('fit')) ?? 'contain'
  }
  set fit(value: Fit) {
    this.setAttribute('fit', value)
  }

  /** How a picture is enlarged. Default `auto`: sharp-edged pixels from three times the size on. */
  get rendering(): 'auto' | 'smooth' | 'pixelated' {
    const value = this.getAttribute('rendering')
    return value === 'smooth' || value === 'pixelated' ? value : 'auto'
  }
  set rendering(value: 'auto' | 'smooth' | 'pixelated') {
    this.setAttribute('rendering', value)
  }

  /** Whether there is a bar with state, statistics and full screen. Default false. */
  get controls(): boolean {
    return this.hasAttribute('controls')
  }
  set controls(value: boolean) {
    this.toggleAttribute('controls', value)
  }

  /** Whether the statistics panel is shown. Default false. */
  get stats(): boolean {
    return this.hasAttribute('stats')
  }
  set stats(value: boolean) {
    this.toggleAttribute('stats', value)
  }

  /** Enters full screen, or leaves it. Resolves also when the browser refuses. */
  async toggleFullscreen(): Promise<void> {
    try {
      if (document.fullscreenElement === this) await document.exitFullscreen()
      else if (this.requestFullscreen) await this.requestFullscreen()
      else (this.video as { webkitEnterFullscreen?: () => void }).webkitEnterFullscreen?.()
    } catch {
      // Not permitted here (an iframe without `allow="fullscreen"`): the picture stays where it is.
    }
  }

  connectedCallback(): void {
    this.#resize = new ResizeObserver(() => this.#layout())
    this.#resize.observe(this)
    this.#restart()
  }

  disconnectedCallback(): void {
    this.#resize?.disconnect()
    this.#restart()
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (name === 'controls') this.#view.controls.hidden = after === null
    else if (name === 'stats') this.#view.showStats(after !== null)
    else if (name === 'fit' || name === 'rendering') this.#layout()
    else if (before !== after) {
      this.#viewer?.close()
      this.#viewer = undefined
      this.#restart()
    }
  }

  /**
   * Brings the connection in line with the attributes, once for all of them that change together;
   * an element that is only moved within the document keeps its connection.
   */
  #restart(): void {
    if (this.#restartPlanned) return
    this.#restartPlanned = true
    queueMicrotask(() => {
      this.#restartPlanned = false
      const wanted = this.isConnected && this.src !== ''
      if (wanted === (this.#viewer !== undefined)) return
      this.#viewer?.close()
      this.#viewer = undefined
      this.#setPicture(false)
      if (wanted) this.#viewer = this.#connect()
    })
  }

  #connect(): Viewer {
    const viewer = new Viewer(this.src, this.#viewerOptions())
    viewer.on('state', (detail) => {
      const wasLive = this.dataset.state === 'live'
      this.#showState(viewer)
      this.#dispatch('state', detail)
      if ((detail.state === 'live') !== wasLive)
        this.#dispatch(wasLive ? 'disconnected' : 'connected', detail)
    })
    viewer.on('stats', (detail) => {
      this.#view.stats.update(detail)
      this.#dispatch('stats', detail)
    })
    viewer.on('size', (detail) => {
      this.#layout()
      this.#dispatch('size', detail)
    })
    viewer.on('frame', () => this.#dispatch('frame', undefined))
    viewer.connect()
    this.#showState(viewer)
    return viewer
  }

  #viewerOptions(): ViewerOptions {
    const codec = this.codec.split(/\s+/).filter((name) => name !== '') as ViewerCodec[]
    return {
      video: this.video,
      ...(this.token !== '' && { token: this.token }),
      ...(codec.length > 0 && { codec }),
    }
  }

  #setPicture(picture: boolean): void {
    this.#picture = picture
    if (picture) this.#view.thaw()
    else this.#view.clear()
    this.toggleAttribute('data-picture', picture)
    this.#layout()
    if (this.#viewer) this.#showState(this.#viewer)
  }

  #showState({ state, reason }: Viewer): void {
    this.dataset.state = state
    if (state !== 'connecting' && state !== 'live') this.#view.freeze()
    const status = statusText(state, reason, this.#picture)
    this.#view.showStatus(status)
    setText(this.#view.badge, status?.text ?? (state === 'live' ? 'Live' : ''))
  }

  #layout(): void {
    this.#view.layout(this, this.#viewer?.size, this.fit, this.rendering)
  }

  #dispatch(type: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(type, { detail }))
  }
}

/** Registers `<pixelcast-view>`; does nothing outside a browser, or when it is registered already. */
export function registerPixelcastView(): void {
  if (typeof customElements === 'undefined' || customElements.get('pixelcast-view')) return
  customElements.define('pixelcast-view', PixelcastViewElement)
}

declare global {
  interface HTMLElementTagNameMap {
    'pixelcast-view': PixelcastViewElement
  }
}
