import { Bar, type BarActions } from './bar.js'
import { BAR_STYLE } from './bar-style.js'
import { html, setText } from './dom.js'
import { ELEMENT_STYLE } from './element-style.js'
import { Overlay } from './overlay/overlay.js'
import { PANEL_STYLE } from './panel-style.js'
import { codedSize, type Shown } from './picture.js'
import { type Fit, type Placement, type PlacementInput, place, type Size, type Zoom } from './placement.js'
import { StatsPanel } from './stats-panel.js'
import type { Status } from './status-text.js'
import type { ViewerTransport } from './transport.js'

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
    tabindex: '-1',
  })
  readonly stats = new StatsPanel()
  readonly overlay = new Overlay()
  readonly bar: Bar
  /** What pointers and keys arrive at: all of the stage; the picture lies in it. */
  readonly surface = html('div', {
    class: 'surface',
    tabindex: '0',
    role: 'application',
    'aria-label': 'Live picture',
  })
  /** Everything that lies on the picture and takes no events of it. */
  readonly stage = html('div', { class: 'stage' })
  /** Where the picture lies in the stage; undefined before the first one. */
  placement: Placement | undefined
  /** All that the place depends on, but for the zoom. */
  situation: Omit<PlacementInput, 'zoom'> | undefined
  readonly #root = html('div', { class: 'root' })
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
  readonly #transport = html(
    'div',
    { class: 'transport', part: 'transport', hidden: '', title: 'No UDP path to the server was found' },
    'Over WebSocket: latency may be higher',
  )
  /** The last picture of a connection that was lost, until the next one has its first. */
  #still: HTMLCanvasElement | undefined
  #coded: Size | undefined

  /**
   * @param onPicture what lies on the picture
   * @param beside what does when the bar floats there, and has a place of its own when it is docked
   */
  constructor(root: ShadowRoot, actions: BarActions, onPicture: readonly Node[], beside: readonly Node[]) {
    if (!sheet) {
      // A constructed sheet: a page may forbid inline styles (Content-Security-Policy).
      sheet = new CSSStyleSheet()
      sheet.replaceSync(ELEMENT_STYLE + BAR_STYLE + PANEL_STYLE)
    }
    root.adoptedStyleSheets = [sheet]
    // The attribute alone mutes only a video that the parser made.
    this.video.muted = true
    this.stats.root.hidden = true
    this.bar = new Bar(actions)
    this.overlay.canvas.classList.add('overlay')
    this.overlay.onObjects = () => this.bar.offerOverlay()
    this.overlay.onHover = (isHovering) => this.surface.classList.toggle('on-object', isHovering)
    this.surface.append(this.#frame)
    this.stage.append(
      this.surface,
      this.overlay.canvas,
      ...onPicture,
      this.#transport,
      this.#status,
      this.stats.root,
    )
    const top = html('div', { class: 'top', part: 'top' }, html('slot', { name: 'top' }))
    this.#root.append(top, this.stage, ...beside, this.bar.root)
    root.append(this.#root)
  }

  /** What shows the picture at the moment. */
  get shown(): Shown {
    return this.#still ?? this.video
  }

  /**
   * Whether the video has a picture of another size than was laid out: browsers send `resize` a moment after the
   * new picture is there.
   */
  get isOutgrown(): boolean {
    const { width, height } = codedSize(this.video)
    const known = this.#coded
    return known !== undefined && width > 0 && (width !== known.width || height !== known.height)
  }

  /** Watches all that the layout depends on: the size of the box, and that of a CSS pixel. */
  observe(resize: ResizeObserver): void {
    resize.observe(this.stage)
    // As large as the stage. Another zoom of the page, or another screen, changes the one or the other size.
    try {
      resize.observe(this.surface, { box: 'device-pixel-content-box' })
    } catch {
      // Safari does not have it.
    }
  }

  showStats(shown: boolean): void {
    this.stats.root.hidden = !shown
    this.bar.showStats(shown)
  }

  showOverlay(shown: boolean): void {
    this.overlay.shown = shown
    this.bar.showOverlay(shown)
  }

  showTransport(transport: ViewerTransport): void {
    this.#transport.hidden = transport !== 'websocket'
  }

  showStatus(status: Status | undefined): void {
    this.#status.hidden = status === undefined
    this.#status.classList.toggle('quiet', status?.busy === false)
    setText(this.#text, status?.text ?? '')
    setText(this.#detail, status?.detail ?? '')
  }

  /** Keeps what the video shows now, while the video itself turns to the next connection. */
  freeze(): void {
    const { width, height } = codedSize(this.video)
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
    this.overlay.show(undefined)
    this.#coded = this.placement = this.situation = undefined
  }

  /** Puts the picture in its place; an unknown size leaves the box to the status. */
  layout(
    image: Size | undefined,
    fit: Fit,
    rendering: 'auto' | 'smooth' | 'pixelated',
    zoom: Zoom | undefined,
  ): void {
    const { width, height } = codedSize(this.video)
    if (width > 0 && height > 0) this.#coded = { width, height }
    const coded = this.#coded
    const source = image ?? coded
    if (!source) return
    // A host without a height of its own takes the image's shape.
    this.stage.style.aspectRatio = `${source.width} / ${source.height}`
    const box = { width: this.stage.clientWidth, height: this.stage.clientHeight }
    if (!coded || box.width === 0 || box.height === 0) return
    this.situation = { box, image: source, coded, fit, ratio: devicePixelRatio }
    const placed = place({ ...this.situation, zoom })
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
    this.overlay.place(box, placed)
    const large = rendering === 'auto' && placed.scale >= PIXELATED_FROM
    classList.toggle('pixelated', large || rendering === 'pixelated')
    this.bar.showZoom(placed.scale, zoom === undefined)
  }
}
