import {
  type KeyMessage,
  MODIFIER,
  type PointerMessage,
  type WheelMessage,
} from '../common/channel-protocol.js'
import type { Point } from './placement.js'

// What of the browser's events is used: written down here so that this file needs no browser.

/** Which modifiers are held. */
export interface Modifiers {
  readonly shiftKey: boolean
  readonly ctrlKey: boolean
  readonly altKey: boolean
  readonly metaKey: boolean
}

/** `KeyboardEvent`. */
export interface KeyEvent extends Modifiers {
  readonly type: string
  readonly key: string
  readonly code: string
  readonly repeat: boolean
  readonly isComposing: boolean
  getModifierState?(name: string): boolean
}

/** `MouseEvent`. */
export interface ClickEvent extends Modifiers {
  readonly button: number
  readonly buttons: number
}

/** `PointerEvent`. */
export interface PointerLike extends ClickEvent {
  readonly pointerType: string
  readonly pointerId: number
}

/** `WheelEvent`. */
export interface TurnEvent extends Modifiers {
  readonly buttons: number
  readonly deltaX: number
  readonly deltaY: number
  readonly deltaMode: number
}

/** Firefox counts a wheel in lines where the system does, ~16 CSS pixels; a page is most of a window. */
const LINE_PX = 16
const PAGE_PX = 400

/** Function keys that the browser owns: reload, the address bar, full screen, developer tools. */
const BROWSER_KEYS = new Set(['F5', 'F6', 'F11', 'F12', 'Tab', 'BrowserBack', 'BrowserForward'])
/** Names that are no key: a phone's keyboard, or one that composes a character. */
const NO_KEYS = new Set(['Unidentified', 'Process', 'Dead'])
const MODIFIER_KEYS = new Set(['Shift', 'Control', 'Alt', 'Meta', 'AltGraph', 'CapsLock', 'NumLock'])

/** Held modifiers as the protocol's bits. */
export function modifiersOf(event: Modifiers): number {
  return (
    (event.shiftKey ? MODIFIER.shift : 0) |
    (event.ctrlKey ? MODIFIER.ctrl : 0) |
    (event.altKey ? MODIFIER.alt : 0) |
    (event.metaKey ? MODIFIER.meta : 0)
  )
}

/**
 * What becomes of a key: `take` it to the server and from the browser, `share` it (the server is told,
 * the browser does what it does with it), or `leave` it to the browser.
 *
 * Tab leads on to the next control of the page; Ctrl and Meta combinations are the browser's, but for
 * AltGr, which Windows reports as Ctrl+Alt and which writes characters. Alt may be a menu or, on a
 * Mac, a character.
 */
export function fateOfKey(event: KeyEvent): 'take' | 'share' | 'leave' {
  const { key } = event
  if (event.isComposing || key === '' || NO_KEYS.has(key) || BROWSER_KEYS.has(key)) return 'leave'
  if (MODIFIER_KEYS.has(key)) return 'share'
  if (event.getModifierState?.('AltGraph')) return 'take'
  if (event.ctrlKey || event.metaKey) return 'leave'
  return event.altKey ? 'share' : 'take'
}

/** A key event as a message. */
export function keyMessage(event: KeyEvent): KeyMessage {
  return {
    t: 'key',
    type: event.type === 'keyup' ? 'up' : 'down',
    key: event.key,
    code: event.code,
    repeat: event.repeat,
    mods: modifiersOf(event),
  }
}

/** A pointer event as a message; `at` in source pixels. */
export function pointerMessage(
  type: PointerMessage['type'],
  event: Omit<PointerLike, 'button'>,
  at: Point,
  button: number,
  buttons = event.buttons,
): PointerMessage {
  const { pointerType } = event
  return {
    t: 'pointer',
    type,
    kind: pointerType === 'touch' || pointerType === 'pen' ? pointerType : 'mouse',
    id: event.pointerId,
    ...rounded(at),
    button,
    buttons,
    mods: modifiersOf(event),
  }
}

/** A turn of the wheel as a message; `at` in source pixels. */
export function wheelMessage(event: TurnEvent, at: Point): WheelMessage {
  return {
    t: 'wheel',
    ...rounded(at),
    ...wheelDelta(event),
    buttons: event.buttons,
    mods: modifiersOf(event),
  }
}

/** How far a wheel was turned in CSS pixels, whatever the browser counts in. */
export function wheelDelta({ deltaX, deltaY, deltaMode }: TurnEvent): { dx: number; dy: number } {
  const unit = deltaMode === 1 ? LINE_PX : deltaMode === 2 ? PAGE_PX : 1
  return { dx: deltaX * unit, dy: deltaY * unit }
}

/**
 * The buttons that changed from one `buttons` to the next, in `button` numbers. Of several buttons of
 * one mouse only the first comes as `pointerdown`; the others are told by moves.
 */
export function changedButtons(before: number, now: number): { button: number; down: boolean }[] {
  const changes: { button: number; down: boolean }[] = []
  // `buttons` has right before middle, `button` has middle before right (UI Events §5.3.1).
  for (const [bit, button] of [
    [1, 0],
    [4, 1],
    [2, 2],
    [8, 3],
    [16, 4],
  ] as const)
    if ((before ^ now) & bit) changes.push({ button, down: (now & bit) !== 0 })
  return changes
}

/** To a thousandth of a pixel: more digits are only bytes. */
function rounded({ x, y }: Point): Point {
  return { x: Math.round(x * 1_000) / 1_000, y: Math.round(y * 1_000) / 1_000 }
}
