import type { Canvas, CanvasModule, Context } from './canvas.js'
import type { Label } from './detector.js'
import { drawText, textWidth } from './letters.js'
import type { Track } from './tracker.js'

const COLOURS: Readonly<Record<Label, string>> = {
  car: '#39e6a1',
  van: '#4cc9ff',
  truck: '#ffb02e',
  bus: '#ff6bd6',
  person: '#ffe95c',
  vehicle: '#ffffff',
}
const INK = '#0b1420'
const PANEL = 'rgba(9,16,26,0.78)'
const MPS_TO_KMH = 3.6
/** Drawn texts that are kept; each is a few kB. */
const MAX_DRAWN = 300

export interface OverlayOptions {
  /** Size of the picture, in pixels, by which everything grows and shrinks. */
  readonly width: number
  readonly height: number
  readonly metresPerPixel: number
}

/** Draws boxes, labels, trails and a summary onto a picture. */
export class Overlay {
  readonly #canvas: CanvasModule
  readonly #options: OverlayOptions
  readonly #unit: number
  readonly #drawn = new Map<string, Canvas>()

  constructor(canvas: CanvasModule, options: OverlayOptions) {
    this.#canvas = canvas
    this.#options = options
    this.#unit = Math.max(0.6, Math.max(options.width / 1280, options.height / 720))
  }

  /** `seconds`: time of the picture; `cost`: ms that the detection took. */
  draw(ctx: Context, tracks: readonly Track[], seconds: number, cost: number): void {
    ctx.save()
    for (const track of tracks) this.#drawTrail(ctx, track)
    for (const track of tracks) this.#drawBox(ctx, track)
    for (const track of tracks) if (track.unseen === 0) this.#drawLabel(ctx, track)
    this.#drawSummary(ctx, tracks, seconds, cost)
    ctx.restore()
  }

  #drawTrail(ctx: Context, { trail, label, unseen }: Track): void {
    if (trail.length < 3) return
    ctx.strokeStyle = COLOURS[label]
    ctx.lineCap = 'round'
    ctx.lineWidth = 1.6 * this.#unit
    // three pieces, the older the paler
    const pieces = 3
    for (let piece = 0; piece < pieces; piece++) {
      const from = Math.floor((piece * (trail.length - 1)) / pieces)
      const to = Math.floor(((piece + 1) * (trail.length - 1)) / pieces)
      ctx.globalAlpha = (unseen > 0 ? 0.3 : 0.55) * ((piece + 1) / pieces)
      ctx.beginPath()
      for (let i = from; i <= to; i++) ctx.lineTo(trail[i]!.x, trail[i]!.y)
      ctx.stroke()
    }
    ctx.globalAlpha = 1
  }

  #drawBox(ctx: Context, { box, label, unseen }: Track): void {
    const unit = this.#unit
    const pad = 3 * unit
    const [x, y] = [box.x - pad, box.y - pad]
    const [w, h] = [box.width + 2 * pad, box.height + 2 * pad]
    ctx.strokeStyle = COLOURS[label]
    if (unseen > 0) {
      // hidden: where it should be
      ctx.globalAlpha = 0.55
      ctx.lineWidth = 1.2 * unit
      ctx.setLineDash([4 * unit, 4 * unit])
      ctx.strokeRect(x, y, w, h)
      ctx.setLineDash([])
      ctx.globalAlpha = 1
      return
    }
    ctx.fillStyle = COLOURS[label]
    ctx.globalAlpha = 0.1
    ctx.fillRect(x, y, w, h)
    ctx.globalAlpha = 1
    ctx.lineWidth = 1.2 * unit
    ctx.strokeRect(x, y, w, h)
    ctx.lineWidth = 2.6 * unit
    ctx.lineCap = 'butt'
    const arm = Math.min(10 * unit, w / 3, h / 3)
    ctx.beginPath()
    for (const [cx, cy, dx, dy] of [
      [x, y, arm, arm],
      [x + w, y, -arm, arm],
      [x, y + h, arm, -arm],
      [x + w, y + h, -arm, -arm],
    ] as const) {
      ctx.moveTo(cx + dx, cy)
      ctx.lineTo(cx, cy)
      ctx.lineTo(cx, cy + dy)
    }
    ctx.stroke()
  }

  #drawLabel(ctx: Context, { id, box, label, colour }: Track): void {
    const gap = 4 * this.#unit
    const tag = this.#tag(label === 'person' ? `${label} ${id}` : `${colour} ${label} ${id}`, COLOURS[label])
    const x = clamp(box.x - 3 * this.#unit, 0, this.#options.width - tag.width)
    const above = box.y - gap - tag.height
    ctx.drawImage(tag, Math.round(x), Math.round(above >= 0 ? above : box.y + box.height + gap))
  }

  /** A label, drawn once: lines cost far more than a copy. */
  #tag(text: string, colour: string): Canvas {
    const unit = this.#unit
    const height = 7 * unit
    const [w, h] = [textWidth(text, height) + 8 * unit, height + 6 * unit]
    return this.#once(`tag ${text}`, w, h, (ctx) => {
      ctx.fillStyle = colour
      ctx.beginPath()
      ctx.roundRect(0, 0, w, h, 2.5 * unit)
      ctx.fill()
      ctx.strokeStyle = INK
      drawText(ctx, text, 4 * unit, 3 * unit, height)
    })
  }

  /** A text with room for the thickness of its lines on the right and below. */
  #text(text: string, height: number, colour: string): Canvas {
    return this.#once(`${colour} ${height} ${text}`, textWidth(text, height) + 4, height + 4, (ctx) => {
      ctx.strokeStyle = colour
      ctx.translate(1, 1)
      drawText(ctx, text, 0, 0, height)
    })
  }

  #once(key: string, width: number, height: number, paint: (ctx: Context) => void): Canvas {
    const known = this.#drawn.get(key)
    if (known) return known
    const made = this.#canvas.createCanvas(Math.ceil(width), Math.ceil(height))
    paint(made.getContext('2d'))
    if (this.#drawn.size >= MAX_DRAWN) this.#drawn.clear()
    this.#drawn.set(key, made)
    return made
  }

  #drawSummary(ctx: Context, tracks: readonly Track[], seconds: number, cost: number): void {
    const unit = this.#unit
    const rows = (Object.keys(COLOURS) as Label[])
      .map((label) => ({ label, count: tracks.filter((t) => t.label === label && t.unseen === 0).length }))
      .filter(({ label, count }) => count > 0 || label === 'car' || label === 'person')
    const moving = tracks.filter(({ label, unseen }) => label !== 'person' && unseen === 0)
    const line = 20 * unit
    const [x, y, w] = [16 * unit, 16 * unit, 204 * unit]
    const h = line * rows.length + 78 * unit
    const small = 8 * unit
    const [left, right] = [x + 14 * unit, x + w - 14 * unit]
    const put = (text: string, from: number, top: number, height: number, colour: string) =>
      ctx.drawImage(this.#text(text, height, colour), Math.round(from), Math.round(top))
    ctx.fillStyle = PANEL
    ctx.beginPath()
    ctx.roundRect(x, y, w, h, 8 * unit)
    ctx.fill()
    put('pixelcast', left, y + 14 * unit, 11 * unit, '#ffffff')
    ctx.strokeStyle = '#9fb3c8'
    drawText(ctx, clockText(seconds), right - textWidth('00:00.0', 9 * unit), y + 15 * unit, 9 * unit)
    for (const [index, { label, count }] of rows.entries()) {
      const top = y + 40 * unit + index * line
      ctx.fillStyle = COLOURS[label]
      ctx.fillRect(left, top, 9 * unit, 9 * unit)
      put(label, left + 18 * unit, top, 9 * unit, '#dbe6f2')
      put(String(count), right - textWidth(String(count), 9 * unit), top, 9 * unit, '#dbe6f2')
    }
    const kmh =
      moving.reduce((sum, { speed }) => sum + Math.hypot(speed.x, speed.y), 0) / (moving.length || 1)
    const mean = kmh * this.#options.metresPerPixel * MPS_TO_KMH
    put(`mean speed ${Math.round(mean)} km/h`, left, y + h - 34 * unit, small, '#9fb3c8')
    put(`found in ${cost.toFixed(1)} ms`, left, y + h - 18 * unit, small, '#9fb3c8')
  }
}

/** `01:23.4`: changes with every few pictures, so that a frozen stream is seen to be frozen. */
export function clockText(seconds: number): string {
  const tenths = Math.floor(seconds * 10)
  const two = (n: number) => String(n).padStart(2, '0')
  return `${two(Math.floor(tenths / 600) % 100)}:${two(Math.floor(tenths / 10) % 60)}.${tenths % 10}`
}

function clamp(value: number, min: number, max: number): number {
  return Math.max(min, Math.min(max, value))
}
