import type { Context } from './canvas.js'
import {
  BRIDGE_HALF,
  besideRoad,
  FOOTPATH_HALF,
  FOOTPATH_OFFSET,
  onBridge,
  type Point,
  ROAD_HALF,
  TREES,
  WORLD,
} from './map.js'
import { seededRandom } from './random.js'

/** Everything on the ground that does not move; drawn once. */
export function paintGround(ctx: Context, seed: number): void {
  const random = seededRandom(seed)
  paintGrass(ctx, random)
  paintPond(ctx)
  for (const side of [-1, 1])
    roadLine(ctx, side * FOOTPATH_OFFSET, { color: '#b9ad97', width: 2 * FOOTPATH_HALF })
  for (const side of [-1, 1])
    roadLine(ctx, side * FOOTPATH_OFFSET, { color: '#c8bda8', width: 2 * FOOTPATH_HALF - 4 })
  roadLine(ctx, 0, { color: '#8f8f8a', width: 2 * ROAD_HALF + 8 })
  roadLine(ctx, 0, { color: '#565a5f', width: 2 * ROAD_HALF })
  speckleRoad(ctx, random)
  for (const side of [-1, 1]) {
    roadLine(ctx, side * (ROAD_HALF - 5), { color: '#e9e7df', width: 2.5 })
    roadLine(ctx, side * 36.5, { color: '#e9e7df', width: 2, dash: [22, 26] })
    roadLine(ctx, side * 2.5, { color: '#e8b93a', width: 2 })
  }
  paintHouses(ctx)
}

/** What lies above the road: the bridge. Transparent elsewhere. */
export function paintBridge(ctx: Context, seed: number): void {
  const shadow = { x: 16, y: 20 }
  bridgeLine(ctx, 0, { color: 'rgba(0,0,0,0.36)', width: 2 * BRIDGE_HALF + 8, shift: shadow })
  bridgeLine(ctx, 0, { color: '#a9a79f', width: 2 * BRIDGE_HALF + 12 })
  bridgeLine(ctx, 0, { color: '#d6d3c8', width: 2 * BRIDGE_HALF + 6 })
  bridgeLine(ctx, 0, { color: '#4d5156', width: 2 * BRIDGE_HALF - 4 })
  const random = seededRandom(seed + 1)
  for (let i = 0; i < 2500; i++) {
    const { x, y } = onBridge(random() * 1010, (random() * 2 - 1) * (BRIDGE_HALF - 4))
    ctx.fillStyle = random() < 0.5 ? 'rgba(0,0,0,0.13)' : 'rgba(255,255,255,0.06)'
    ctx.fillRect(x, y, 1.6, 1.6)
  }
  for (const side of [-1, 1]) bridgeLine(ctx, side * (BRIDGE_HALF - 7), { color: '#e9e7df', width: 2 })
  bridgeLine(ctx, 0, { color: '#e8b93a', width: 2, dash: [26, 22] })
}

/** The crowns of the trees, which hide what passes below. Transparent elsewhere. */
export function paintTrees(ctx: Context, seed: number): void {
  const random = seededRandom(seed + 2)
  for (const { x, y, r } of TREES) {
    ctx.fillStyle = 'rgba(0,0,0,0.3)'
    disc(ctx, x + r * 0.28, y + r * 0.34, r)
    const hue = 88 + random() * 42
    for (let i = 0; i < 46; i++) {
      // leaves from the dark edge to the sunny side
      const depth = i / 46
      const angle = random() * 2 * Math.PI
      const off = Math.sqrt(random()) * r * 0.66
      const light = 19 + depth * 17 + random() * 4
      ctx.fillStyle = `hsl(${hue + random() * 12} 42% ${light}%)`
      disc(
        ctx,
        x + Math.cos(angle) * off - depth * r * 0.14,
        y + Math.sin(angle) * off - depth * r * 0.16,
        r * (0.4 - 0.2 * depth),
      )
    }
  }
}

interface Stroke {
  readonly color: string
  readonly width: number
  readonly dash?: number[]
  readonly shift?: Point
}

function roadLine(ctx: Context, offset: number, stroke: Stroke): void {
  const points: Point[] = []
  for (let x = -40; x <= WORLD.width + 40; x += 10) points.push(besideRoad(x, offset))
  strokeLine(ctx, points, stroke)
}

function bridgeLine(ctx: Context, offset: number, stroke: Stroke): void {
  strokeLine(ctx, [onBridge(0, offset), onBridge(1010, offset)], stroke)
}

function strokeLine(ctx: Context, points: readonly Point[], stroke: Stroke): void {
  const { x: dx, y: dy } = stroke.shift ?? { x: 0, y: 0 }
  ctx.strokeStyle = stroke.color
  ctx.lineWidth = stroke.width
  ctx.setLineDash(stroke.dash ?? [])
  ctx.beginPath()
  for (const { x, y } of points) ctx.lineTo(x + dx, y + dy)
  ctx.stroke()
  ctx.setLineDash([])
}

function paintGrass(ctx: Context, random: () => number): void {
  const light = ctx.createLinearGradient(0, 0, WORLD.width, WORLD.height)
  light.addColorStop(0, '#7d9c57')
  light.addColorStop(0.55, '#6b8e4e')
  light.addColorStop(1, '#557a45')
  ctx.fillStyle = light
  ctx.fillRect(0, 0, WORLD.width, WORLD.height)
  for (let i = 0; i < 90; i++) {
    const r = 30 + 90 * random()
    const [x, y] = [random() * WORLD.width, random() * WORLD.height]
    const patch = ctx.createRadialGradient(x, y, 0, x, y, r)
    const tone = random() < 0.5 ? '40,70,30' : '170,175,95'
    patch.addColorStop(0, `rgba(${tone},0.16)`)
    patch.addColorStop(1, `rgba(${tone},0)`)
    ctx.fillStyle = patch
    ctx.fillRect(x - r, y - r, 2 * r, 2 * r)
  }
  for (let i = 0; i < 16_000; i++) {
    ctx.fillStyle = random() < 0.5 ? 'rgba(30,55,20,0.2)' : 'rgba(200,210,130,0.14)'
    ctx.fillRect(random() * WORLD.width, random() * WORLD.height, 1 + random() * 2, 1 + random() * 2)
  }
}

function speckleRoad(ctx: Context, random: () => number): void {
  for (let i = 0; i < 14_000; i++) {
    const { x, y } = besideRoad(random() * WORLD.width, (random() * 2 - 1) * (ROAD_HALF - 1))
    ctx.fillStyle = random() < 0.5 ? 'rgba(0,0,0,0.13)' : 'rgba(255,255,255,0.07)'
    ctx.fillRect(x, y, 1.6, 1.6)
  }
  // tyres darken the middle of each lane
  for (const lane of [-54, -19, 19, 54])
    for (const wheel of [-8, 8]) roadLine(ctx, lane + wheel, { color: 'rgba(0,0,0,0.09)', width: 7 })
}

function paintPond(ctx: Context): void {
  ctx.save()
  ctx.translate(300, 108)
  ctx.rotate(-0.12)
  for (const [grow, color] of [
    [10, '#b6a878'],
    [3, '#8d9d6a'],
    [0, '#3f7f9c'],
  ] as const) {
    ctx.fillStyle = color
    ctx.beginPath()
    ctx.ellipse(0, 0, 112 + grow, 54 + grow, 0, 0, 2 * Math.PI)
    ctx.ellipse(70, 26, 60 + grow, 36 + grow, 0, 0, 2 * Math.PI)
    ctx.fill()
  }
  const sky = ctx.createLinearGradient(-100, -50, 100, 60)
  sky.addColorStop(0, 'rgba(200,235,245,0.5)')
  sky.addColorStop(0.5, 'rgba(200,235,245,0)')
  ctx.fillStyle = sky
  ctx.beginPath()
  ctx.ellipse(-8, -4, 100, 45, 0, 0, 2 * Math.PI)
  ctx.fill()
  ctx.restore()
}

function paintHouses(ctx: Context): void {
  const houses = [
    [660, 26, 120, 92, '#b5553f'],
    [196, 590, 150, 96, '#a9573e'],
    [640, 636, 96, 70, '#7d6a5c'],
    [1010, 20, 74, 96, '#8a5a49'],
  ] as const
  for (const [x, y, w, h, roof] of houses) {
    ctx.fillStyle = 'rgba(0,0,0,0.33)'
    ctx.fillRect(x + 12, y + 15, w, h)
    ctx.fillStyle = roof
    ctx.fillRect(x, y, w, h / 2)
    ctx.fillStyle = shade(roof)
    ctx.fillRect(x, y + h / 2, w, h / 2)
    ctx.strokeStyle = 'rgba(0,0,0,0.13)'
    ctx.lineWidth = 1
    for (let i = 6; i < h; i += 6) {
      ctx.beginPath()
      ctx.moveTo(x, y + i)
      ctx.lineTo(x + w, y + i)
      ctx.stroke()
    }
    ctx.fillStyle = '#5b4a42'
    ctx.fillRect(x + w * 0.7, y + h * 0.2, 12, 12)
    ctx.fillStyle = 'rgba(180,215,235,0.8)'
    ctx.fillRect(x + w * 0.2, y + h * 0.16, 16, 14)
  }
}

function shade(hex: string): string {
  const part = (at: number) => Math.round(Number.parseInt(hex.slice(at, at + 2), 16) * 0.76)
  return `rgb(${part(1)} ${part(3)} ${part(5)})`
}

function disc(ctx: Context, x: number, y: number, r: number): void {
  ctx.beginPath()
  ctx.arc(x, y, r, 0, 2 * Math.PI)
  ctx.fill()
}
