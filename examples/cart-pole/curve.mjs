import { FONT } from '../shared/font.mjs'
import { MAX_STEPS } from './environment.mjs'
import { AVERAGE_OF, SOLVED } from './training.mjs'

const BAR = '#33507f'
const FULL_BAR = '#2a7f63'
const AVERAGE = '#3ddc97'
const GRID = '#263149'
const MUTED = '#8391ad'
/** So many episodes have room before the curve is squeezed. */
const ROOM = 60

/** The return of each episode as a bar, and the average of the last ones as a line. */
export function drawCurve(context, { x, y, width, height }, { returns }) {
  const slot = width / Math.max(ROOM, returns.length)
  const heightOf = (value) => (value / MAX_STEPS) * height
  context.lineWidth = 1
  context.strokeStyle = GRID
  context.fillStyle = MUTED
  context.font = `11px "${FONT}"`
  context.textAlign = 'left'
  context.fillText('Return of each episode', x, y - 9)
  for (const [value, dash] of [
    [0, []],
    [SOLVED, [5, 5]],
  ]) {
    context.setLineDash(dash)
    context.beginPath()
    context.moveTo(x, Math.round(y + height - heightOf(value)) + 0.5)
    context.lineTo(x + width, Math.round(y + height - heightOf(value)) + 0.5)
    context.stroke()
  }
  context.setLineDash([])
  context.textAlign = 'right'
  context.fillText(`solved: ${SOLVED}`, x + width, y - 9)
  for (const [i, value] of returns.entries()) {
    context.fillStyle = value >= MAX_STEPS ? FULL_BAR : BAR
    const left = x + i * slot
    context.fillRect(left, y + height - heightOf(value), Math.max(1, slot - 2), heightOf(value))
  }
  context.strokeStyle = AVERAGE
  context.lineWidth = 2.5
  context.lineJoin = 'round'
  context.beginPath()
  let sum = 0
  for (const [i, value] of returns.entries()) {
    sum += value - (returns[i - AVERAGE_OF] ?? 0)
    const level = y + height - heightOf(sum / Math.min(i + 1, AVERAGE_OF))
    context.lineTo(x + (i + 0.5) * slot, level)
  }
  context.stroke()
}
