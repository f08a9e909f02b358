import type { Canvas, CanvasModule, Context } from './canvas.js'
import { KINDS, type Kind, PAINTS } from './traffic.js'

const BODY = ['#d8352a', '#f2f3f0', '#1f5fd0', '#f0b323', '#16181c', '#2f9e62', '#e8702a', '#c9d2da'] as const
const BOX = ['#f4f1ea', '#e9ecef', '#3f7fd6', '#e5b53c', '#d9dee2', '#6fb98f', '#e58a4e', '#f7f7f7'] as const
const COAT = ['#e23d5b', '#16703a', '#2b6de0', '#f7c531', '#8b3fd1', '#26b3a7', '#ff7f2a', '#101317'] as const

/** Room around a sprite for its edge, in world pixels. */
const PAD = 2

/** Draws every kind of mover once, at the scale of the picture, and gives the drawing back from then on. */
export class Sprites {
  readonly #canvas: CanvasModule
  readonly #scale: number
  readonly #cache = new Map<string, Canvas>()

  constructor(canvas: CanvasModule, scale: number) {
    this.#canvas = canvas
    this.#scale = scale
  }

  /** Draws a mover with its front towards +x and its middle at the origin of `ctx`. */
  draw(ctx: Context, kind: Kind, paint: number): void {
    const { length, width } = KINDS[kind]
    const sprite = this.#get(kind, paint)
    const w = length + 2 * PAD
    const h = width + 2 * PAD
    ctx.drawImage(sprite, -w / 2, -h / 2, w, h)
  }

  #get(kind: Kind, paint: number): Canvas {
    const key = `${kind}${paint}`
    const known = this.#cache.get(key)
    if (known) return known
    const { length, width } = KINDS[kind]
    // twice as fine as the picture, because it is drawn turned
    const scale = this.#scale * 2
    const sprite = this.#canvas.createCanvas(
      Math.ceil((length + 2 * PAD) * scale),
      Math.ceil((width + 2 * PAD) * scale),
    )
    const ctx = sprite.getContext('2d')
    ctx.scale(scale, scale)
    ctx.translate(PAD + length / 2, PAD + width / 2)
    paintMover(ctx, kind, paint % PAINTS)
    this.#cache.set(key, sprite)
    return sprite
  }
}

function paintMover(ctx: Context, kind: Kind, paint: number): void {
  const { length: l, width: w } = KINDS[kind]
  if (kind === 'person') paintPerson(ctx, COAT[paint]!)
  else if (kind === 'truck') paintTruck(ctx, l, w, BODY[paint]!, BOX[(paint + 3) % PAINTS]!)
  else if (kind === 'bus') paintBus(ctx, l, w, BOX[paint]!)
  else paintCar(ctx, l, w, BODY[paint]!, kind === 'van')
}

function paintCar(ctx: Context, l: number, w: number, color: string, van: boolean): void {
  body(ctx, -l / 2, -w / 2, l, w, 7, color)
  const glass = '#27323d'
  const front = l * (van ? 0.26 : 0.14)
  trapezoid(ctx, glass, front, w * 0.42, front + l * 0.12, w * 0.34)
  if (!van) trapezoid(ctx, glass, -l * 0.34, w * 0.34, -l * 0.25, w * 0.4)
  ctx.fillStyle = glass
  ctx.fillRect(-l * 0.22, -w * 0.44, l * 0.34, w * 0.07)
  ctx.fillRect(-l * 0.22, w * 0.37, l * 0.34, w * 0.07)
  shine(ctx, -l * 0.2, -w * 0.3, l * 0.32, w * 0.22)
  lights(ctx, l, w)
}

function paintTruck(ctx: Context, l: number, w: number, cab: string, box: string): void {
  body(ctx, l / 2 - l * 0.24, -w * 0.47, l * 0.24, w * 0.94, 4, cab)
  trapezoid(ctx, '#27323d', l * 0.38, w * 0.4, l * 0.44, w * 0.36)
  body(ctx, -l / 2, -w / 2, l * 0.73, w, 2, box)
  ctx.strokeStyle = 'rgba(0,0,0,0.14)'
  ctx.lineWidth = 1
  for (let x = -l * 0.4; x < l * 0.2; x += l * 0.1) line(ctx, x, -w / 2 + 1, x, w / 2 - 1)
  lights(ctx, l, w)
}

function paintBus(ctx: Context, l: number, w: number, color: string): void {
  body(ctx, -l / 2, -w / 2, l, w, 5, color)
  ctx.fillStyle = '#27323d'
  ctx.fillRect(l * 0.45, -w * 0.42, l * 0.03, w * 0.84)
  ctx.fillStyle = 'rgba(20,30,40,0.35)'
  for (const x of [-0.32, -0.05, 0.22]) ctx.fillRect(l * x, -w * 0.22, l * 0.12, w * 0.44)
  ctx.fillStyle = '#c22f2f'
  ctx.fillRect(-l * 0.48, -w * 0.46, l * 0.92, w * 0.08)
  ctx.fillRect(-l * 0.48, w * 0.38, l * 0.92, w * 0.08)
  lights(ctx, l, w)
}

function paintPerson(ctx: Context, coat: string): void {
  ctx.fillStyle = coat
  ctx.beginPath()
  ctx.ellipse(0, 0, 6, 10, 0, 0, 2 * Math.PI)
  ctx.fill()
  ctx.fillStyle = '#4a3020'
  ctx.beginPath()
  ctx.arc(1, 0, 4, 0, 2 * Math.PI)
  ctx.fill()
}

function body(ctx: Context, x: number, y: number, l: number, w: number, r: number, color: string): void {
  ctx.fillStyle = color
  ctx.beginPath()
  ctx.roundRect(x, y, l, w, r)
  ctx.fill()
  const side = ctx.createLinearGradient(0, y, 0, y + w)
  side.addColorStop(0, 'rgba(255,255,255,0.28)')
  side.addColorStop(0.3, 'rgba(255,255,255,0)')
  side.addColorStop(0.7, 'rgba(0,0,0,0)')
  side.addColorStop(1, 'rgba(0,0,0,0.3)')
  ctx.fillStyle = side
  ctx.fill()
  ctx.strokeStyle = 'rgba(0,0,0,0.4)'
  ctx.lineWidth = 0.8
  ctx.stroke()
}

/** A pane across the vehicle: half widths `h1` at `x1` and `h2` at `x2`. */
function trapezoid(ctx: Context, color: string, x1: number, h1: number, x2: number, h2: number): void {
  ctx.fillStyle = color
  ctx.beginPath()
  ctx.moveTo(x1, -h1)
  ctx.lineTo(x2, -h2)
  ctx.lineTo(x2, h2)
  ctx.lineTo(x1, h1)
  ctx.fill()
}

function shine(ctx: Context, x: number, y: number, l: number, w: number): void {
  ctx.fillStyle = 'rgba(255,255,255,0.22)'
  ctx.beginPath()
  ctx.roundRect(x, y, l, w, w / 2)
  ctx.fill()
}

function lights(ctx: Context, l: number, w: number): void {
  ctx.fillStyle = '#fff6cf'
  ctx.fillRect(l / 2 - 2.5, -w * 0.42, 2.5, w * 0.2)
  ctx.fillRect(l / 2 - 2.5, w * 0.22, 2.5, w * 0.2)
  ctx.fillStyle = '#ff2a1f'
  ctx.fillRect(-l / 2, -w * 0.44, 2.2, w * 0.2)
  ctx.fillRect(-l / 2, w * 0.24, 2.2, w * 0.2)
}

function line(ctx: Context, x1: number, y1: number, x2: number, y2: number): void {
  ctx.beginPath()
  ctx.moveTo(x1, y1)
  ctx.lineTo(x2, y2)
  ctx.stroke()
}
