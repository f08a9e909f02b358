import { createCanvas } from '@napi-rs/canvas'
import { FONT } from '../shared/font.mjs'
import { drawCurve } from './curve.mjs'
import { ANGLE_LIMIT, MAX_STEPS, POLE_LENGTH, RIGHT, TRACK_LIMIT } from './environment.mjs'
import { AVERAGE_OF } from './training.mjs'

const WIDTH = 960
const HEIGHT = 540
/** Pixels of a metre: cart, pole and track are drawn to scale. */
const METRE = 165
const MIDDLE = WIDTH / 2
const RAIL = 334
const WHEEL = 11
const CART = { width: 0.52 * METRE, height: 0.24 * METRE }
/** The joint, above the rail. */
const JOINT = RAIL - 2 * WHEEL - CART.height + 6

const COLOUR = {
  sky: ['#131a2b', '#0b0f1a'],
  line: '#263149',
  muted: '#8391ad',
  text: '#eef2fb',
  cart: ['#7fb2ff', '#3b6fd9'],
  wheel: '#1b2438',
  force: '#ffc857',
  balanced: '#3ddc97',
  falling: '#ff5d6c',
}

/** Draws a `Training` as it stands; `canvas` has the picture. */
export class Renderer {
  canvas = createCanvas(WIDTH, HEIGHT)
  #context = this.canvas.getContext('2d')
  #scenery = drawScenery()

  draw(training) {
    const context = this.#context
    context.lineCap = 'round'
    context.drawImage(this.#scenery, 0, 0)
    const [x, , angle] = training.observation
    const at = MIDDLE + x * METRE
    drawSafeAngle(context, at)
    drawForce(context, at, training.action === RIGHT ? 1 : -1, training.outcome)
    drawCart(context, at, x)
    drawPole(context, at, angle)
    drawNumbers(context, training)
    drawCurve(context, { x: 40, y: 392, width: WIDTH - 80, height: 116 }, training)
  }
}

/** What never changes. */
function drawScenery() {
  const canvas = createCanvas(WIDTH, HEIGHT)
  const context = canvas.getContext('2d')
  context.fillStyle = gradient(context, 0, HEIGHT, COLOUR.sky)
  context.fillRect(0, 0, WIDTH, HEIGHT)
  context.font = `12px "${FONT}"`
  context.textAlign = 'center'
  context.fillStyle = COLOUR.muted
  context.strokeStyle = COLOUR.line
  context.lineWidth = 1
  for (let metre = -2; metre <= 2; metre++) {
    const at = MIDDLE + metre * METRE
    stroke(context, at, RAIL + 3, at, RAIL + 12)
    context.fillText(metre === 0 ? '0' : `${metre > 0 ? '+' : '−'}${Math.abs(metre)} m`, at, RAIL + 28)
  }
  const half = (TRACK_LIMIT + CART.width / METRE / 2) * METRE
  context.lineWidth = 4
  context.lineCap = 'round'
  context.strokeStyle = '#44536f'
  stroke(context, MIDDLE - half, RAIL, MIDDLE + half, RAIL)
  context.strokeStyle = COLOUR.falling
  for (const side of [-1, 1]) stroke(context, MIDDLE + side * half, RAIL - 20, MIDDLE + side * half, RAIL + 2)
  return canvas
}

/** Within it the episode goes on. */
function drawSafeAngle(context, at) {
  const radius = POLE_LENGTH * METRE + 22
  const fan = context.createRadialGradient(at, JOINT, 30, at, JOINT, radius)
  fan.addColorStop(0, '#3ddc9722')
  fan.addColorStop(1, '#3ddc9706')
  context.fillStyle = fan
  context.beginPath()
  context.moveTo(at, JOINT)
  context.arc(at, JOINT, radius, -Math.PI / 2 - ANGLE_LIMIT, -Math.PI / 2 + ANGLE_LIMIT)
  context.fill()
}

function drawForce(context, at, direction, outcome) {
  if (outcome) return
  const tail = at + direction * (CART.width / 2 + 8)
  const y = RAIL - 2 * WHEEL - CART.height / 2 + 6
  context.strokeStyle = COLOUR.force
  context.lineWidth = 3
  context.beginPath()
  context.moveTo(tail, y)
  context.lineTo(tail + direction * 24, y)
  context.moveTo(tail + direction * 16, y - 7)
  context.lineTo(tail + direction * 24, y)
  context.lineTo(tail + direction * 16, y + 7)
  context.stroke()
}

function drawCart(context, at, x) {
  const top = RAIL - 2 * WHEEL - CART.height + 6
  context.fillStyle = gradient(context, top, top + CART.height, COLOUR.cart)
  context.beginPath()
  context.roundRect(at - CART.width / 2, top, CART.width, CART.height, 9)
  context.fill()
  context.lineWidth = 2.5
  for (const side of [-1, 1]) {
    const [cx, cy] = [at + side * CART.width * 0.29, RAIL - WHEEL - 1]
    disc(context, cx, cy, WHEEL, COLOUR.wheel)
    context.strokeStyle = COLOUR.muted
    context.beginPath()
    context.arc(cx, cy, WHEEL - 1, 0, 2 * Math.PI)
    // spokes, so that one sees it roll
    const turned = (x * METRE) / WHEEL
    for (const spoke of [0, Math.PI / 2]) {
      const [dx, dy] = [Math.cos(turned + spoke) * (WHEEL - 2), Math.sin(turned + spoke) * (WHEEL - 2)]
      context.moveTo(cx - dx, cy - dy)
      context.lineTo(cx + dx, cy + dy)
    }
    context.stroke()
  }
}

function drawPole(context, at, angle) {
  const length = POLE_LENGTH * METRE
  const [tipX, tipY] = [at + Math.sin(angle) * length, JOINT - Math.cos(angle) * length]
  const share = Math.min(1, Math.abs(angle) / ANGLE_LIMIT)
  context.strokeStyle = mix(COLOUR.balanced, COLOUR.falling, share ** 2)
  context.lineWidth = 11
  stroke(context, at, JOINT, tipX, tipY)
  disc(context, at, JOINT, 8, COLOUR.text)
  disc(context, at, JOINT, 3.5, COLOUR.wheel)
}

function drawNumbers(context, training) {
  const { episode, steps, return: sum, average, returns, outcome } = training
  const columns = [
    ['EPISODE', episode],
    ['STEP', `${steps} / ${MAX_STEPS}`],
    ['RETURN', sum],
    [`AVERAGE OF ${AVERAGE_OF}`, returns.length === 0 ? '–' : average.toFixed(1)],
  ]
  context.textAlign = 'left'
  for (const [i, [name, value]] of columns.entries()) {
    const x = 40 + i * 165
    context.fillStyle = COLOUR.muted
    context.font = `600 11px "${FONT}"`
    context.fillText(name, x, 42)
    context.fillStyle = COLOUR.text
    context.font = `600 24px "${FONT}"`
    context.fillText(String(value), x, 72)
  }
  const [word, colour] =
    outcome === 'fell'
      ? ['failed', COLOUR.falling]
      : outcome === 'balanced'
        ? ['500 steps', COLOUR.balanced]
        : training.solved
          ? ['solved', COLOUR.balanced]
          : ['learning', COLOUR.force]
  context.textAlign = 'right'
  context.font = `600 15px "${FONT}"`
  context.fillStyle = colour
  context.fillText(word, WIDTH - 40, 64)
  disc(context, WIDTH - 54 - context.measureText(word).width, 59, 5, colour)
}

function stroke(context, x1, y1, x2, y2) {
  context.beginPath()
  context.moveTo(x1, y1)
  context.lineTo(x2, y2)
  context.stroke()
}

function disc(context, x, y, radius, colour) {
  context.fillStyle = colour
  context.beginPath()
  context.arc(x, y, radius, 0, 2 * Math.PI)
  context.fill()
}

function gradient(context, top, bottom, [from, to]) {
  const result = context.createLinearGradient(0, top, 0, bottom)
  result.addColorStop(0, from)
  result.addColorStop(1, to)
  return result
}

function mix(from, to, share) {
  const channels = [1, 3, 5].map((at) => {
    const [a, b] = [from, to].map((colour) => Number.parseInt(colour.slice(at, at + 2), 16))
    return Math.round(a + (b - a) * share)
  })
  return `rgb(${channels.join(' ')})`
}
