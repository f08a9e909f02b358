/**
 * The ground plan, in world pixels: 1280×720 of them, ten to a metre. A curved road with four lanes
 * and two footpaths, and a bridge that carries two more lanes over it.
 */
export const WORLD = { width: 1280, height: 720, pixelsPerMetre: 10 } as const

export interface Point {
  readonly x: number
  readonly y: number
}

/** A place on a path and the direction of travel in radians. */
export interface Pose extends Point {
  readonly heading: number
}

/** A path that things move along; `s` in pixels from its start outside the picture. */
export interface Lane {
  readonly kind: 'road' | 'bridge' | 'foot'
  readonly length: number
  pose(s: number): Pose
}

/** Half the width of the road's asphalt, and of the bridge's. */
export const ROAD_HALF = 76
export const BRIDGE_HALF = 44
/** Distance of the middle of a footpath from the middle of the road, and its half width. */
export const FOOTPATH_OFFSET = 106
export const FOOTPATH_HALF = 13

/** The road's middle line. */
export function roadY(x: number): number {
  return 408 + 46 * Math.sin((x - 150) / 210)
}

/** A point beside the road's middle line; positive `offset` is to the right when looking along +x. */
export function besideRoad(x: number, offset: number): Pose {
  const slope = (46 / 210) * Math.cos((x - 150) / 210)
  const norm = Math.hypot(1, slope)
  return { x: x - (offset * slope) / norm, y: roadY(x) + offset / norm, heading: Math.atan(slope) }
}

const BRIDGE_FROM: Point = { x: 876, y: -140 }
const BRIDGE_TO: Point = { x: 1010, y: 860 }
const BRIDGE_LENGTH = Math.hypot(BRIDGE_TO.x - BRIDGE_FROM.x, BRIDGE_TO.y - BRIDGE_FROM.y)
export const BRIDGE_HEADING = Math.atan2(BRIDGE_TO.y - BRIDGE_FROM.y, BRIDGE_TO.x - BRIDGE_FROM.x)

/** A point of the bridge: `along` from its upper end, `offset` to the right when looking down the picture. */
export function onBridge(along: number, offset: number): Pose {
  const cos = Math.cos(BRIDGE_HEADING)
  const sin = Math.sin(BRIDGE_HEADING)
  return {
    x: BRIDGE_FROM.x + along * cos - offset * sin,
    y: BRIDGE_FROM.y + along * sin + offset * cos,
    heading: BRIDGE_HEADING,
  }
}

/** How far a point is from the bridge's middle line. */
export function distanceToBridge({ x, y }: Point): number {
  return Math.abs(
    (x - BRIDGE_FROM.x) * Math.sin(BRIDGE_HEADING) - (y - BRIDGE_FROM.y) * Math.cos(BRIDGE_HEADING),
  )
}

/** Room outside the picture in which vehicles appear and vanish unseen. */
const MARGIN = 140

function alongRoad(kind: 'road' | 'foot', offset: number, backwards: boolean): Lane {
  const length = WORLD.width + 2 * MARGIN
  return {
    kind,
    length,
    pose(s) {
      const pose = besideRoad(backwards ? WORLD.width + MARGIN - s : s - MARGIN, offset)
      return backwards ? { ...pose, heading: pose.heading + Math.PI } : pose
    },
  }
}

function alongBridge(offset: number, backwards: boolean): Lane {
  return {
    kind: 'bridge',
    length: BRIDGE_LENGTH,
    pose(s) {
      const pose = onBridge(backwards ? BRIDGE_LENGTH - s : s, offset)
      return backwards ? { ...pose, heading: pose.heading + Math.PI } : pose
    },
  }
}

/** Traffic keeps to the right. */
export const LANES: readonly Lane[] = [
  alongRoad('road', 19, false),
  alongRoad('road', 54, false),
  alongRoad('road', -19, true),
  alongRoad('road', -54, true),
  alongBridge(-20, false),
  alongBridge(20, true),
  alongRoad('foot', FOOTPATH_OFFSET + 5, false),
  alongRoad('foot', FOOTPATH_OFFSET - 6, true),
  alongRoad('foot', -FOOTPATH_OFFSET - 5, true),
  alongRoad('foot', -FOOTPATH_OFFSET + 6, false),
]

/** Trees: the middle of the crown and its radius. Crowns hide what is below them. */
export const TREES: readonly (Point & { readonly r: number })[] = [
  ...[
    [60, 60, 44],
    [130, 110, 34],
    [40, 150, 38],
    [330, 250, 30],
    [520, 120, 40],
    [590, 70, 32],
    [470, 60, 30],
    [690, 205, 33],
    [1120, 70, 42],
    [1190, 130, 36],
    [1236, 50, 40],
    [1100, 165, 28],
    [70, 600, 42],
    [150, 650, 36],
    [36, 680, 34],
    [430, 640, 38],
    [505, 672, 32],
    [395, 692, 30],
    [770, 590, 34],
    [1130, 640, 40],
    [1205, 600, 36],
    [1240, 676, 38],
    [1075, 690, 30],
    [612, 606, 29],
    [268, 566, 31],
    [1150, 478, 29],
  ].map(([x, y, r]) => ({ x: x!, y: y!, r: r! })),
]
