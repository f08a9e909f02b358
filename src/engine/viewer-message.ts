import type { KeyMessage, PointerMessage, ViewerMessage, WheelMessage } from '../common/channel-protocol.js'

/** Of a key's name, a control's name, in UTF-16 units. */
const LONGEST_TEXT = 64
/** Pixels, and CSS pixels of a wheel; images have 8,192 at most, and windows may be larger than what they show. */
const FURTHEST = 65_536
const MOST_MODIFIERS = 15
/** `PointerEvent.buttons` has six bits, and games' mice have more. */
const MOST_BUTTONS = 0xffff
const LAST_BUTTON = 15

const POINTER_TYPES = ['move', 'down', 'up', 'double', 'cancel', 'leave'] as const
const POINTER_KINDS = ['mouse', 'pen', 'touch'] as const

type Fields = Readonly<Record<string, unknown>>

/**
 * A message that a viewer sent, written anew with the fields that it may have, or undefined for anything that is
 * not one: strangers can write here.
 */
export function readViewerMessage(text: string): ViewerMessage | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const fields = value as Fields
  switch (fields.t) {
    case 'ping':
      return readPing(fields)
    case 'key':
      return readKey(fields)
    case 'pointer':
      return readPointer(fields)
    case 'wheel':
      return readWheel(fields)
    case 'control':
      return readControl(fields)
    case 'selected':
      return readSelected(fields)
    default:
      return undefined
  }
}

function readPing({ id, at }: Fields): ViewerMessage | undefined {
  return isId(id) && isNumber(at) ? { t: 'ping', id, at } : undefined
}

function readKey({ type, key, code, repeat, mods }: Fields): KeyMessage | undefined {
  if (type !== 'down' && type !== 'up') return undefined
  // Keyboards on screens know no codes.
  if (!isText(key, 1) || !isText(code, 0) || typeof repeat !== 'boolean') return undefined
  return isWhole(mods, 0, MOST_MODIFIERS) ? { t: 'key', type, key, code, repeat, mods } : undefined
}

function readPointer(fields: Fields): PointerMessage | undefined {
  const { id, x, y, button, buttons, mods } = fields
  const type = POINTER_TYPES.find((known) => known === fields.type)
  const kind = POINTER_KINDS.find((known) => known === fields.kind)
  if (!type || !kind || !isId(id) || !isPlace(x) || !isPlace(y)) return undefined
  if (!isWhole(button, -1, LAST_BUTTON) || !isWhole(buttons, 0, MOST_BUTTONS)) return undefined
  if (!isWhole(mods, 0, MOST_MODIFIERS)) return undefined
  return { t: 'pointer', type, kind, id, x, y, button, buttons, mods }
}

function readWheel({ x, y, dx, dy, buttons, mods }: Fields): WheelMessage | undefined {
  if (!isPlace(x) || !isPlace(y) || !isPlace(dx) || !isPlace(dy)) return undefined
  if (!isWhole(buttons, 0, MOST_BUTTONS) || !isWhole(mods, 0, MOST_MODIFIERS)) return undefined
  return { t: 'wheel', x, y, dx, dy, buttons, mods }
}

function readControl({ name, value }: Fields): ViewerMessage | undefined {
  return isText(name, 1) && isNumber(value) ? { t: 'control', name, value } : undefined
}

function readSelected({ id, rect }: Fields): ViewerMessage | undefined {
  if (!isId(id)) return undefined
  if (rect === undefined) return { t: 'selected', id }
  if (typeof rect !== 'object' || rect === null) return undefined
  const { x, y, width, height } = rect as Fields
  if (!isWhole(x, -FURTHEST, FURTHEST) || !isWhole(y, -FURTHEST, FURTHEST)) return undefined
  if (!isWhole(width, 0, FURTHEST) || !isWhole(height, 0, FURTHEST)) return undefined
  return { t: 'selected', id, rect: { x, y, width, height } }
}

/** JSON has numbers that are none: 1e999 is read as Infinity. */
function isNumber(value: unknown): value is number {
  return Number.isFinite(value)
}

function isPlace(value: unknown): value is number {
  return isNumber(value) && Math.abs(value) <= FURTHEST
}

function isId(value: unknown): value is number {
  return Number.isSafeInteger(value)
}

function isWhole(value: unknown, least: number, most: number): value is number {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most
}

function isText(value: unknown, shortest: number): value is string {
  return typeof value === 'string' && value.length >= shortest && value.length <= LONGEST_TEXT
}
