import {
  type Placement,
  type PlacementInput,
  type Point,
  place,
  toSource,
  type Zoom,
  zoomAround,
} from './placement.js'

/** The largest pixels, CSS pixels a side: one is then a patch with its values in it. */
const LARGEST_PIXEL = 96
/** Zooming lands on what fits when it comes this close, or the last step out would leave a hair. */
const SNAP = 1.02

/** What zooming needs to know. */
export interface ZoomHost {
  /** Everything but the zoom; undefined while there is no picture. */
  readonly situation: Omit<PlacementInput, 'zoom'> | undefined
  /** The zoom is another one. */
  changed(): void
}

/** How far the picture is zoomed, and where to. */
export class Zooming {
  /** Undefined: it fits. */
  zoom: Zoom | undefined
  readonly #host: ZoomHost

  constructor(host: ZoomHost) {
    this.#host = host
  }

  /** Device pixels a source pixel; 0 while there is no picture. */
  get scale(): number {
    return this.#placed()?.scale ?? 0
  }

  /**
   * Zooms to a scale in device pixels a source pixel, within what makes sense.
   * @param at point of the box, in CSS pixels, that stays where it is; default: the middle
   */
  to(scale: number, at?: Point): void {
    const { situation } = this.#host
    const placed = this.#placed()
    if (!situation || !placed || !(scale > 0)) return
    const { box, ratio } = situation
    const fitted = place(situation).scale
    // Smaller than it fits only when it is enlarged to fit.
    const held = Math.min(Math.max(fitted, LARGEST_PIXEL * ratio), Math.max(Math.min(fitted, 1), scale))
    const middle = { x: box.width / 2, y: box.height / 2 }
    this.#set(zoomAround(placed, box, held, at ?? middle))
  }

  /** Zooms by a factor; a step that passes the size that fits, or 1:1, stops there. */
  by(factor: number, at?: Point): void {
    const { situation } = this.#host
    const placed = this.#placed()
    if (!situation || !placed) return
    const fitted = place(situation).scale
    const now = placed.scale
    const next = now * factor
    const stops = (stop: number): boolean =>
      (now < stop / SNAP && next > stop / SNAP) || (now > stop * SNAP && next < stop * SNAP)
    if (stops(fitted) || (next <= fitted && fitted <= 1)) this.fit()
    else if (stops(1)) this.to(1, at)
    else this.to(next, at)
  }

  /** Centres a source pixel. */
  centre(centre: Point): void {
    const scale = this.zoom?.scale ?? this.scale
    if (scale > 0) this.#set({ scale, centre })
  }

  /** Moves the picture by CSS pixels. */
  pan(dx: number, dy: number): void {
    const { situation } = this.#host
    const placed = this.#placed()
    if (!this.zoom || !situation || !placed) return
    const { box } = situation
    // From where it really lies: a picture that was held at its edge follows at once.
    this.#set({
      scale: this.zoom.scale,
      centre: toSource(placed, { x: box.width / 2 - dx, y: box.height / 2 - dy }),
    })
  }

  /** Back to the size that fits. */
  fit(): void {
    this.#set(undefined)
  }

  #placed(): Placement | undefined {
    const { situation } = this.#host
    return situation && place({ ...situation, zoom: this.zoom })
  }

  #set(zoom: Zoom | undefined): void {
    if (zoom === this.zoom) return
    this.zoom = zoom
    this.#host.changed()
  }
}
