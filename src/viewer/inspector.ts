import { html, setText } from './dom.js'
import { readingContext, readPixels, type Shown } from './picture.js'
import { type Placement, type Point, toBox, toSource, within } from './placement.js'
import type { Tool } from './surface.js'

/** From this size of a source pixel on there are lines between pixels, and from the next on values in them, CSS pixels. */
const GRID_FROM = 20
const VALUES_FROM = 34
/** Reading pixels costs the conversion of a whole frame: this often is enough to be read by people, ms. */
const READ_EVERY_MS = 150

/** What the inspector looks at. */
export interface InspectorHost {
  readonly placement: Placement | undefined
  readonly shown: Shown
}

/** Coordinates and colour of the source pixel under the pointer; the values of all when they are large. */
export class Inspector implements Tool {
  readonly readout = html('output', { class: 'readout', part: 'readout', 'aria-live': 'off', hidden: '' })
  readonly grid = html('canvas', { class: 'grid', 'aria-hidden': 'true', hidden: '' })
  readonly #host: InspectorHost
  readonly #swatch = html('i', { class: 'swatch' })
  readonly #place = html('span', { class: 'place' })
  readonly #colour = html('span', { class: 'colour' })
  readonly #hex = html('span', { class: 'hex' })
  #reader: CanvasRenderingContext2D | undefined
  #at: Point | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #lastRead = Number.NEGATIVE_INFINITY

  constructor(host: InspectorHost) {
    this.#host = host
    this.readout.append(this.#place, this.#swatch, this.#colour, this.#hex)
  }

  watch(event: PointerEvent, at: Point): void {
    // A finger covers the pixel that it is on, and is gone with the next breath.
    const gone = event.type === 'pointerleave' || event.pointerType === 'touch'
    this.#at = gone ? undefined : at
    this.#showPlace()
    this.#plan()
  }

  /** The picture lies elsewhere, or is another one. */
  refresh(): void {
    this.#showPlace()
    this.#plan()
  }

  /** No picture, no page: nothing is read any more. */
  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = this.#at = undefined
    this.readout.hidden = this.grid.hidden = true
  }

  #pixel(): Point | undefined {
    const { placement } = this.#host
    if (!this.#at || !placement) return undefined
    const { x, y } = toSource(placement, this.#at)
    return within(placement.source, { x, y }) ? { x: Math.floor(x), y: Math.floor(y) } : undefined
  }

  #showPlace(): void {
    const pixel = this.#pixel()
    this.readout.hidden = pixel === undefined
    if (pixel) setText(this.#place, `${pixel.x}, ${pixel.y}`)
  }

  #plan(): void {
    if (this.#timer !== undefined || (!this.#pixel() && this.#pixelSize() < GRID_FROM && this.grid.hidden))
      return
    const wait = Math.max(0, this.#lastRead + READ_EVERY_MS - performance.now())
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#lastRead = performance.now()
      this.#showColour()
      this.#drawGrid()
    }, wait)
  }

  #pixelSize(): number {
    const { placement } = this.#host
    return placement ? Math.min(placement.scaleX, placement.scaleY) : 0
  }

  #showColour(): void {
    const { placement, shown } = this.#host
    const pixel = this.#pixel()
    this.#reader ??= readingContext()
    if (!pixel || !placement || !this.#reader) return
    const data = readPixels(this.#reader, shown, placement, { ...pixel, width: 1, height: 1 })
    if (!data) return
    const [red = 0, green = 0, blue = 0] = data
    const hex = `#${[red, green, blue].map((value) => value.toString(16).padStart(2, '0')).join('')}`
    setText(this.#colour, `${red} ${green} ${blue}`)
    setText(this.#hex, hex)
    this.#swatch.style.background = hex
  }

  /** As HighGUI's window: lines between pixels, and what they are. */
  #drawGrid(): void {
    const { placement, shown } = this.#host
    const size = this.#pixelSize()
    const { grid } = this
    grid.hidden = size < GRID_FROM
    const context = grid.getContext('2d')
    this.#reader ??= readingContext()
    if (grid.hidden || !placement || !context || !this.#reader) return
    const width = grid.clientWidth
    const height = grid.clientHeight
    const ratio = devicePixelRatio
    grid.width = Math.round(width * ratio)
    grid.height = Math.round(height * ratio)
    context.scale(ratio, ratio)
    const { source } = placement
    const start = toSource(placement, { x: 0, y: 0 })
    const end = toSource(placement, { x: width, y: height })
    const x = Math.max(0, Math.floor(start.x))
    const y = Math.max(0, Math.floor(start.y))
    const area = {
      x,
      y,
      width: Math.min(source.width, Math.ceil(end.x)) - x,
      height: Math.min(source.height, Math.ceil(end.y)) - y,
    }
    if (area.width <= 0 || area.height <= 0) return
    drawLines(context, placement, area)
    if (size < VALUES_FROM) return
    const data = readPixels(this.#reader, shown, placement, area)
    if (data) drawValues(context, placement, area, data)
  }
}

interface Area {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

function drawLines(context: CanvasRenderingContext2D, placed: Placement, area: Area): void {
  const from = toBox(placed, area)
  const to = toBox(placed, { x: area.x + area.width, y: area.y + area.height })
  context.strokeStyle = 'rgb(128 128 128 / .45)'
  context.lineWidth = 1 / devicePixelRatio
  context.beginPath()
  for (let column = 0; column <= area.width; column++) {
    const x = from.x + column * placed.scaleX
    context.moveTo(x, from.y)
    context.lineTo(x, to.y)
  }
  for (let row = 0; row <= area.height; row++) {
    const y = from.y + row * placed.scaleY
    context.moveTo(from.x, y)
    context.lineTo(to.x, y)
  }
  context.stroke()
}

function drawValues(
  context: CanvasRenderingContext2D,
  placed: Placement,
  area: Area,
  data: Uint8ClampedArray,
): void {
  const line = Math.min(placed.scaleX * 0.34, placed.scaleY * 0.28, 18)
  context.font = `${line * 0.94}px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace`
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  for (let row = 0; row < area.height; row++)
    for (let column = 0; column < area.width; column++) {
      const offset = (row * area.width + column) * 4
      const values = [data[offset] ?? 0, data[offset + 1] ?? 0, data[offset + 2] ?? 0]
      const [red = 0, green = 0, blue = 0] = values
      const { x, y } = toBox(placed, { x: area.x + column + 0.5, y: area.y + row + 0.5 })
      context.fillStyle =
        0.3 * red + 0.59 * green + 0.11 * blue > 127 ? 'rgb(0 0 0 / .8)' : 'rgb(255 255 255 / .85)'
      values.forEach((value, index) => {
        context.fillText(String(value), x, y + (index - 1) * line)
      })
    }
}
