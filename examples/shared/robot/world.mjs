/** The room, m. */
export const ROOM = { width: 12, height: 7 }
/** Boxes in it, and the colours of their sides: red, green, blue. */
export const BOXES = [
  { x: 2.6, y: 2.7, width: 1.2, height: 1.6, colour: [255, 176, 46] },
  { x: 8.3, y: 2.9, width: 1.4, height: 1.2, colour: [61, 220, 151] },
  { x: 5.8, y: 0, width: 0.4, height: 2.2, colour: [180, 140, 255] },
  { x: 5.4, y: 5.2, width: 1.2, height: 1.8, colour: [255, 93, 143] },
]
const WALL_COLOUR = [96, 140, 210]

const WALLS = [
  ...sidesOf({ x: 0, y: 0, ...ROOM, colour: WALL_COLOUR }),
  ...BOXES.flatMap((box) => sidesOf(box)),
]

function sidesOf({ x, y, width, height, colour }) {
  const corners = [
    [x, y],
    [x + width, y],
    [x + width, y + height],
    [x, y + height],
  ]
  return corners.map((from, i) => ({ from, to: corners[(i + 1) % 4], colour }))
}

/** What a ray meets first: how far away (m), where along the wall (m), and the wall's colour. */
export function castRay(x, y, angle) {
  const [dx, dy] = [Math.cos(angle), Math.sin(angle)]
  let hit = { distance: Number.POSITIVE_INFINITY, along: 0, colour: WALL_COLOUR, isVertical: false }
  for (const { from, to, colour } of WALLS) {
    const [ex, ey] = [to[0] - from[0], to[1] - from[1]]
    const cross = dx * ey - dy * ex
    if (Math.abs(cross) < 1e-9) continue
    const [px, py] = [from[0] - x, from[1] - y]
    const distance = (px * ey - py * ex) / cross
    const share = (px * dy - py * dx) / cross
    if (distance > 0 && distance < hit.distance && share >= 0 && share <= 1)
      hit = { distance, along: share * Math.hypot(ex, ey), colour, isVertical: ex === 0 }
  }
  return hit
}
