import { createCanvas } from '@napi-rs/canvas'
import { BOXES, castRay, ROOM } from './world.mjs'

const CAMERA = { width: 640, height: 400 }
const FIELD_OF_VIEW = (74 * Math.PI) / 180
/** The camera draws one ray for so many columns of pixels. */
const COLUMN = 2
const WALL_HEIGHT = 1.1 // m
const STRIPE = 0.6 // m

const METRE = 50
const MARGIN = 20
const MAP = { width: ROOM.width * METRE + 2 * MARGIN, height: ROOM.height * METRE + 2 * MARGIN }
const GROUND = '#0f1420'
const FLOOR = '#161d2d'
const GRID = '#202a40'
const LASER = '#ff5d6c'
const ROBOT = '#eef2fb'

/** What the robot sees: a ray for each column, the nearer the wall the higher. */
export class CameraPicture {
  canvas = createCanvas(CAMERA.width, CAMERA.height)
  #context = this.canvas.getContext('2d')
  #background = drawBackground()

  draw({ x, y, heading }) {
    const context = this.#context
    const { width, height } = CAMERA
    context.drawImage(this.#background, 0, 0)
    const focus = width / 2 / Math.tan(FIELD_OF_VIEW / 2)
    for (let column = 0; column < width; column += COLUMN) {
      const offset = Math.atan((column + COLUMN / 2 - width / 2) / focus)
      const { distance, along, colour, isVertical } = castRay(x, y, heading + offset)
      // as far as the wall is ahead; else straight walls look bent
      const ahead = distance * Math.cos(offset)
      const tall = (WALL_HEIGHT * focus) / ahead
      const stripe = Math.floor(along / STRIPE) % 2 === 0 ? 1 : 0.86
      const light = Math.min(1, 1.15 / (1 + ahead * 0.16)) * (isVertical ? 0.82 : 1) * stripe
      context.fillStyle = `rgb(${colour.map((channel) => Math.round(channel * light)).join(' ')})`
      context.fillRect(column, (height - tall) / 2, COLUMN, tall)
    }
  }
}

function drawBackground() {
  const { width, height } = CAMERA
  const canvas = createCanvas(width, height)
  const context = canvas.getContext('2d')
  const shade = context.createLinearGradient(0, 0, 0, height)
  for (const [at, colour] of [
    [0, '#26304a'],
    [0.5, '#0c101a'],
    [0.5, '#10141d'],
    [1, '#3b4252'],
  ])
    shade.addColorStop(at, colour)
  context.fillStyle = shade
  context.fillRect(0, 0, width, height)
  return canvas
}

/** The room from above, with what the laser sees. */
export class MapPicture {
  canvas = createCanvas(MAP.width, MAP.height)
  #context = this.canvas.getContext('2d')
  #room = drawRoom()

  draw(robot) {
    const context = this.#context
    context.drawImage(this.#room, 0, 0)
    const [x, y] = [MARGIN + robot.x * METRE, MARGIN + robot.y * METRE]
    const hits = robot
      .scan()
      .map(({ angle, distance }) => [
        x + Math.cos(angle) * distance * METRE,
        y + Math.sin(angle) * distance * METRE,
      ])
    context.fillStyle = '#ff5d6c1c'
    context.beginPath()
    for (const [hitX, hitY] of hits) context.lineTo(hitX, hitY)
    context.fill()
    context.fillStyle = LASER
    for (const [hitX, hitY] of hits) context.fillRect(hitX - 2, hitY - 2, 4, 4)
    context.save()
    context.translate(x, y)
    context.rotate(robot.heading)
    context.fillStyle = ROBOT
    context.beginPath()
    context.moveTo(15, 0)
    context.lineTo(-10, 10)
    context.lineTo(-5, 0)
    context.lineTo(-10, -10)
    context.fill()
    context.restore()
  }
}

function drawRoom() {
  const canvas = createCanvas(MAP.width, MAP.height)
  const context = canvas.getContext('2d')
  context.fillStyle = GROUND
  context.fillRect(0, 0, MAP.width, MAP.height)
  context.translate(MARGIN, MARGIN)
  context.fillStyle = FLOOR
  context.fillRect(0, 0, ROOM.width * METRE, ROOM.height * METRE)
  context.fillStyle = GRID
  for (let x = 1; x < ROOM.width; x++) context.fillRect(x * METRE, 0, 1, ROOM.height * METRE)
  for (let y = 1; y < ROOM.height; y++) context.fillRect(0, y * METRE, ROOM.width * METRE, 1)
  for (const { x, y, width, height, colour } of BOXES) {
    context.fillStyle = `rgb(${colour.join(' ')})`
    context.fillRect(x * METRE, y * METRE, width * METRE, height * METRE)
  }
  context.strokeStyle = 'rgb(96 140 210)'
  context.lineWidth = 3
  context.strokeRect(0, 0, ROOM.width * METRE, ROOM.height * METRE)
  return canvas
}
