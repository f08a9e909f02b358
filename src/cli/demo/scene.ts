import type { Canvas, CanvasModule, Context } from './canvas.js'
import { paintBridge, paintGround, paintTrees } from './landscape.js'
import { BRIDGE_HALF, distanceToBridge, type Pose, TREES, WORLD } from './map.js'
import { Sprites } from './sprites.js'
import { KINDS, type Kind, type Mover, Traffic } from './traffic.js'

/** Where something really is, in pixels of the picture; for tests, never for the detector. */
export interface TruthObject {
  readonly id: number
  readonly kind: Kind
  readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number }
  /** Share of it that lies in the picture and under nothing, 0…1. */
  readonly visible: number
}

/** How far a vehicle's shadow falls, in world pixels. */
const SHADOW = { x: 4, y: 5 }
const CLOUD = { width: 760, height: 460, speed: 38, darkness: 0.19 }

/** A town seen from above, with traffic. Draws itself to any size; the world is cut, never stretched. */
export class Scene {
  readonly canvas: Canvas
  readonly #ctx: Context
  readonly #traffic: Traffic
  readonly #sprites: Sprites
  readonly #ground: Canvas
  readonly #above: Canvas
  readonly #cloud: Canvas
  readonly #scale: number
  readonly #offset: { readonly x: number; readonly y: number }
  #time = 0

  constructor(canvas: CanvasModule, size: { width: number; height: number }, seed: number) {
    const { width, height } = size
    this.#scale = Math.max(width / WORLD.width, height / WORLD.height)
    this.#offset = {
      x: (width - WORLD.width * this.#scale) / 2,
      y: (height - WORLD.height * this.#scale) / 2,
    }
    this.canvas = canvas.createCanvas(width, height)
    this.#ctx = this.canvas.getContext('2d')
    this.#traffic = new Traffic(seed)
    this.#sprites = new Sprites(canvas, this.#scale)
    const layer = (...paints: ((ctx: Context, seed: number) => void)[]) => {
      const made = canvas.createCanvas(width, height)
      const ctx = made.getContext('2d')
      this.#toWorld(ctx)
      for (const paint of paints) paint(ctx, seed)
      return made
    }
    this.#ground = layer(paintGround)
    // no tree stands at the bridge, so that both can be one layer
    this.#above = layer(paintBridge, paintTrees)
    this.#cloud = paintCloud(canvas)
  }

  /** Lets `seconds` pass. */
  advance(seconds: number): void {
    this.#time += seconds
    this.#traffic.advance(seconds)
  }

  /** Draws the present moment onto `canvas`. */
  draw(): void {
    const ctx = this.#ctx
    ctx.resetTransform()
    ctx.globalAlpha = 1
    ctx.drawImage(this.#ground, 0, 0)
    const movers = this.#traffic.movers
    this.#drawMovers(movers.filter(({ lane }) => lane.kind !== 'bridge'))
    ctx.drawImage(this.#above, 0, 0)
    this.#drawMovers(movers.filter(({ lane }) => lane.kind === 'bridge'))
    this.#drawCloud()
  }

  /** What is in the picture, for tests. */
  truth(): TruthObject[] {
    return this.#traffic.movers.map((mover) => {
      const pose = this.#traffic.pose(mover)
      return {
        id: mover.id,
        kind: mover.kind,
        box: this.#box(mover, pose),
        visible: this.#visibleShare(mover, pose),
      }
    })
  }

  #drawMovers(movers: readonly Mover[]): void {
    const ctx = this.#ctx
    for (const mover of movers) {
      const { x, y, heading } = this.#traffic.pose(mover)
      const { length, width } = KINDS[mover.kind]
      const reach = mover.kind === 'person' ? 0.5 : 1
      this.#toWorld(ctx)
      ctx.translate(x + SHADOW.x * reach, y + SHADOW.y * reach)
      ctx.rotate(heading)
      ctx.fillStyle = 'rgba(0,0,0,0.32)'
      ctx.beginPath()
      ctx.roundRect(-length / 2, -width / 2, length, width, 6)
      ctx.fill()
      this.#toWorld(ctx)
      ctx.translate(x, y)
      ctx.rotate(heading)
      this.#sprites.draw(ctx, mover.kind, mover.paint)
    }
    ctx.resetTransform()
  }

  #drawCloud(): void {
    const ctx = this.#ctx
    this.#toWorld(ctx)
    const span = WORLD.width + CLOUD.width + 400
    const x = ((this.#time * CLOUD.speed + 500) % span) - CLOUD.width
    ctx.drawImage(this.#cloud, x, 120 + 90 * Math.sin(this.#time / 17), CLOUD.width, CLOUD.height)
    ctx.resetTransform()
  }

  #toWorld(ctx: Context): void {
    ctx.setTransform(this.#scale, 0, 0, this.#scale, this.#offset.x, this.#offset.y)
  }

  #box(mover: Mover, { x, y, heading }: Pose): TruthObject['box'] {
    const { length, width } = KINDS[mover.kind]
    const cos = Math.abs(Math.cos(heading))
    const sin = Math.abs(Math.sin(heading))
    const w = (length * cos + width * sin) * this.#scale
    const h = (length * sin + width * cos) * this.#scale
    return {
      x: x * this.#scale + this.#offset.x - w / 2,
      y: y * this.#scale + this.#offset.y - h / 2,
      width: w,
      height: h,
    }
  }

  #visibleShare(mover: Mover, { x, y, heading }: Pose): number {
    const { length, width } = KINDS[mover.kind]
    const [cos, sin] = [Math.cos(heading), Math.sin(heading)]
    let seen = 0
    const steps = 6
    for (let i = 0; i < steps; i++)
      for (let j = 0; j < steps; j++) {
        const along = ((i + 0.5) / steps - 0.5) * length
        const across = ((j + 0.5) / steps - 0.5) * width
        const point = { x: x + along * cos - across * sin, y: y + along * sin + across * cos }
        const px = point.x * this.#scale + this.#offset.x
        const py = point.y * this.#scale + this.#offset.y
        const inside = px >= 0 && py >= 0 && px < this.canvas.width && py < this.canvas.height
        const underBridge = mover.lane.kind !== 'bridge' && distanceToBridge(point) < BRIDGE_HALF + 6
        const underTree = TREES.some((tree) => Math.hypot(point.x - tree.x, point.y - tree.y) < tree.r * 0.9)
        if (inside && !underBridge && !underTree) seen++
      }
    return seen / (steps * steps)
  }
}

/** The shadow of a cloud: soft, and drawn small because it has no detail. */
function paintCloud(canvas: CanvasModule): Canvas {
  const [width, height] = [CLOUD.width / 8, CLOUD.height / 8]
  const cloud = canvas.createCanvas(width, height)
  const ctx = cloud.getContext('2d')
  // the lobes end inside the drawing, or its edges would show
  for (const [x, y, r] of [
    [0.28, 0.5, 0.26],
    [0.45, 0.42, 0.25],
    [0.62, 0.58, 0.25],
    [0.74, 0.48, 0.25],
  ] as const) {
    const soft = ctx.createRadialGradient(x * width, y * height, 0, x * width, y * height, r * width)
    for (let at = 0; at <= 1; at += 0.1)
      soft.addColorStop(at, `rgba(8,14,30,${(CLOUD.darkness * (1 + Math.cos(Math.PI * at))) / 2})`)
    ctx.fillStyle = soft
    ctx.fillRect(0, 0, width, height)
  }
  return cloud
}
