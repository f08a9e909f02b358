import { Absence } from './absence.js'
import { Captures } from './captures.js'
import { setText } from './dom.js'
import { ElementAttributes, viewerOptions } from './element-attributes.js'
import { ElementView } from './element-view.js'
import { Idle } from './idle.js'
import { Interaction } from './interaction.js'
import { Pointing } from './overlay/pointing.js'
import type { Point } from './placement.js'
import type { Recording } from './recording.js'
import { statusText } from './status-text.js'
import { Viewer } from './viewer.js'
import type { SnapshotOptions, ZoomChange } from './viewer-types.js'

/**
 * `<pixelcast-view src="/whep/NAME">`: a live track as an element.
 *
 * Attributes, each also a property:
 * - `src`: WHEP endpoint, absolute or relative to the page. Setting it connects, removing it ends.
 * - `token`: bearer token. Default: none.
 * - `codec`: `h264`, `vp8`, `vp9` or `av1`; several, best first, with spaces between. Default: any.
 * - `transport`: `auto` (default), `webrtc` or `websocket`; see `ViewerOptions`.
 * - `fit`: `contain` (default), `cover`, `fill` or `none`, as CSS `object-fit`.
 * - `rendering`: `auto` (default: sharp-edged pixels from three times the size on), `smooth`, `pixelated`.
 * - `controls`: a bar with buttons, and the track's trackbars. Default: no bar.
 * - `stats`: the statistics panel. Default: not shown.
 * - `overlay`: `off` does not draw the objects of the metadata. Default: they are drawn.
 * - `input`: `auto` (default: keys, mouse and touch go to the server when it listens), `off`.
 * - `pause-hidden`: after how many seconds unseen the session ends (empty: 5). Default: it goes on.
 *
 * Events (none bubbles): `connected`, `disconnected`, `state` (detail `StateChange`), `stats` (detail
 * `ViewerStats`), `size` (detail `Size`), `zoom` (detail `ZoomChange`), `rights` (detail: whether input
 * is listened to), `frame`, `metadata` (detail `MetadataEvent`), `object` (detail `ObjectEvent`).
 *
 * For styling: `data-state`, `data-picture`, `data-docked` and `data-idle` on the host; parts `video`,
 * `frame`, `status`, `transport`, `stats`, `controls`, `badge`, `trackbars`, `readout`, `select`, `top`; the slot
 * `top`; `--pixelcast-background`, `-color`, `-accent`, `-live`, `-font`, `-radius`.
 */
export class PixelcastViewElement extends ElementAttributes {
  readonly #view: ElementView
  readonly #interaction: Interaction
  readonly #captures: Captures
  readonly #absence = new Absence(this, () => this.#restart())
  readonly #idle = new Idle(this, (idle) => this.toggleAttribute('data-idle', idle))
  #viewer: Viewer | undefined
  #picture = false
  #restartPlanned = false
  #absent = false
  #resize: ResizeObserver | undefined

  constructor() {
    super()
    const element = this
    this.#interaction = new Interaction({
      get situation() {
        return element.#view.situation
      },
      get placement() {
        return element.#view.placement
      },
      get shown() {
        return element.#view.shown
      },
      get listened() {
        return element.input === 'auto' && (element.#viewer?.control ?? false)
      },
      get busy() {
        return element.#viewer?.busy ?? false
      },
      // In a page that scrolls a picture must not hold the wheel up until it was chosen.
      get wheelFree() {
        const { scrollHeight, clientHeight } = document.documentElement
        return scrollHeight <= clientHeight || element.matches(':focus-within, :fullscreen')
      },
      changed: () => this.#zoomed(),
      send: (message) => void element.#viewer?.send(message),
    })
    const { inspector, select, trackbars, zooming } = this.#interaction
    this.#view = new ElementView(
      this.attachShadow({ mode: 'open', delegatesFocus: true }),
      {
        zoomBy: (factor) => zooming.by(factor),
        resetZoom: () => this.resetZoom(),
        snapshot: () => void this.#captures.saveSnapshot(this.src),
        toggleRecording: () => this.#captures.toggleRecording(this.src),
        toggleOverlay: () => {
          this.overlay = !this.overlay
        },
        toggleStats: () => {
          this.stats = !this.stats
        },
        toggleFullscreen: () => void this.toggleFullscreen(),
      },
      [inspector.grid, select.root],
      [trackbars.root, inspector.readout],
    )
    this.#captures = new Captures(this.#view, () => this.#layout())
    const pointing = new Pointing(this.#view.overlay, select, (hit) => this.#dispatch('object', hit))
    this.#interaction.attach(this.#view.surface, this.#view.bar.root, [pointing])
    this.video.addEventListener('resize', () => this.#layout())
    this.video.addEventListener('loadeddata', () => this.#setPicture(true))
  }

  /** The connection; undefined while the element is not in a document or has no `src`, or is paused. */
  get viewer(): Viewer | undefined {
    return this.#viewer
  }

  /** The element that shows the picture. With H.264 it may be a pixel larger than the image each way. */
  get video(): HTMLVideoElement {
    return this.#view.video
  }

  /** What the application said about the frame on the screen; undefined: nothing, or it is not known (yet). */
  get metadata(): unknown {
    return this.#viewer?.metadata
  }

  /** Device pixels a source pixel, 1 for 1:1; 0 before there is a picture. */
  get zoom(): number {
    return this.#interaction.zooming.scale
  }

  /**
   * Zooms.
   * @param scale device pixels a source pixel; kept within what makes sense
   * @param centre source pixel to be in the middle. Default: what is there now
   */
  zoomTo(scale: number, centre?: Point): void {
    this.#interaction.zooming.to(scale)
    if (centre) this.#interaction.zooming.centre(centre)
  }

  /** Back to the size that `fit` gives. */
  resetZoom(): void {
    this.#interaction.zooming.fit()
  }

  /**
   * The picture as a PNG, of exactly the size of the source image.
   * @throws Error when there is none yet
   */
  async snapshot(options: SnapshotOptions = {}): Promise<Blob> {
    return this.#captures.snapshot(options)
  }

  /**
   * Records the picture until `stop()`, through reconnections and changes of size: the file has the size
   * that the image has now. While the page is hidden browsers hand out few frames or none.
   * @throws Error when there is no picture yet, when one is being recorded, or when the browser cannot
   */
  record(options: SnapshotOptions = {}): Recording {
    return this.#captures.record(options)
  }

  /** The recording under way. */
  get recording(): Recording | undefined {
    return this.#captures.recording
  }

  /** Enters full screen: the element, with its controls. Where a browser has that for a video alone (iPhones), the video. */
  override async requestFullscreen(options?: FullscreenOptions): Promise<void> {
    // As a property: the class of the element may have no such method.
    const { requestFullscreen } = HTMLElement.prototype as Partial<HTMLElement>
    if (requestFullscreen) await requestFullscreen.call(this, options)
    else (this.video as { webkitEnterFullscreen?: () => void }).webkitEnterFullscreen?.()
  }

  /** Enters full screen, or leaves it. Resolves also when the browser refuses. */
  async toggleFullscreen(): Promise<void> {
    try {
      if (document.fullscreenElement === this) await document.exitFullscreen()
      else await this.requestFullscreen()
    } catch {
      // Not permitted here (an iframe without `allow="fullscreen"`): the picture stays where it is.
    }
  }

  connectedCallback(): void {
    this.#resize = new ResizeObserver(() => this.#layout())
    this.#view.observe(this.#resize)
    if (this.pauseHidden !== null) this.#absence.start(this.pauseHidden)
    this.#idle.wake()
    this.#restart()
  }

  disconnectedCallback(): void {
    this.#resize?.disconnect()
    this.#absence.stop()
    this.#idle.stop()
    this.#interaction.inspector.stop()
    this.#restart()
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (name === 'controls') this.#showControls()
    else if (name === 'stats') this.#view.showStats(after !== null)
    else if (name === 'overlay') this.#view.showOverlay(this.overlay)
    else if (name === 'fit' || name === 'rendering') this.#layout()
    else if (name === 'pause-hidden') {
      this.#absence.stop()
      if (after !== null && this.isConnected) this.#absence.start(after)
    } else if (before !== after) {
      this.#drop()
      this.#interaction.forget()
      if (name === 'src') this.#turnTo(after)
      this.#restart()
    }
  }

  /**
   * Brings the connection in line with the attributes, once for all of them that change together;
   * an element that is only moved within the document keeps its connection, and its recording.
   */
  #restart(): void {
    if (this.#restartPlanned) return
    this.#restartPlanned = true
    queueMicrotask(() => {
      this.#restartPlanned = false
      if (!this.isConnected) void this.recording?.stop()
      const { absent } = this.#absence
      const asked = this.isConnected && this.src !== ''
      const wanted = asked && !absent
      if (wanted === (this.#viewer !== undefined)) return
      // One that only pauses shows its last picture until it goes on.
      const pauses = asked && absent
      if (pauses) this.#view.freeze()
      this.#drop()
      if (!pauses && !this.#absent) this.#setPicture(false)
      this.#absent = pauses
      if (wanted) this.#viewer = this.#connect()
      else if (pauses) this.dataset.state = 'paused'
    })
  }

  /** Another track: nothing of the last one is left; without one its last picture stays. */
  #turnTo(src: string | null): void {
    this.resetZoom()
    if (!src) return
    this.video.srcObject = null
    this.#absent = false
    this.#setPicture(false)
  }

  #drop(): void {
    this.#viewer?.close()
    this.#viewer = undefined
    this.#showRights()
  }

  #connect(): Viewer {
    const viewer = new Viewer(this.src, viewerOptions(this, this.video))
    viewer.on('state', (detail) => {
      const wasLive = this.dataset.state === 'live'
      this.#showState(viewer)
      this.#dispatch('state', detail)
      if ((detail.state === 'live') !== wasLive)
        this.#dispatch(wasLive ? 'disconnected' : 'connected', detail)
    })
    viewer.on('transport', (transport) => {
      // The picture of another connection takes its place: the last one stays until then.
      if (this.#picture) this.#view.freeze()
      this.#view.showTransport(transport)
    })
    viewer.on('stats', (detail) => {
      this.#view.stats.update(detail)
      this.#dispatch('stats', detail)
    })
    viewer.on('size', (detail) => {
      this.#layout()
      this.#dispatch('size', detail)
    })
    viewer.on('rights', (detail) => {
      this.#showRights()
      this.#dispatch('rights', detail)
    })
    viewer.on('message', (message) => this.#interaction.receive(message))
    viewer.on('frame', () => {
      if (!this.#picture) this.#setPicture(true)
      this.#interaction.inspector.refresh()
      if (viewer.metadata === undefined) this.#view.overlay.show(undefined)
      this.#dispatch('frame', undefined)
    })
    viewer.on('metadata', (detail) => {
      this.#view.overlay.show(detail.data)
      this.#dispatch('metadata', detail)
    })
    viewer.connect()
    this.#showState(viewer)
    return viewer
  }

  #setPicture(picture: boolean): void {
    this.#picture = picture
    if (picture) this.#view.thaw()
    else {
      this.#view.clear()
      this.#interaction.inspector.stop()
    }
    this.toggleAttribute('data-picture', picture)
    this.#layout()
    if (this.#viewer) this.#showState(this.#viewer)
  }

  #showState({ state, reason }: Viewer): void {
    this.dataset.state = state
    if (state !== 'connecting' && state !== 'live') this.#view.freeze()
    const status = statusText(state, reason, this.#picture)
    this.#view.showStatus(status)
    setText(this.#view.bar.badge, status?.text ?? (state === 'live' ? 'Live' : ''))
  }

  #showControls(): void {
    this.#view.bar.root.hidden = !this.controls
    this.#interaction.trackbars.wanted = this.controls
    this.#showRights()
  }

  /** Whoever controls must see all of the picture, and reach all of it: nothing lies over it then. */
  #showRights(): void {
    this.toggleAttribute(
      'data-docked',
      this.controls && this.input === 'auto' && (this.#viewer?.control ?? false),
    )
    this.#interaction.update()
  }

  #layout(): void {
    this.#view.layout(this.#viewer?.size, this.fit, this.rendering, this.#interaction.zooming.zoom)
    this.#interaction.layout()
  }

  #zoomed(): void {
    this.#layout()
    const { zoom, scale } = this.#interaction.zooming
    const detail: ZoomChange = { zoom: scale, fits: zoom === undefined }
    this.#dispatch('zoom', detail)
  }

  #dispatch(type: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(type, { detail }))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pixelcast-view': PixelcastViewElement
  }
}
