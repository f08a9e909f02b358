import {
  type KeyMessage,
  MODIFIER,
  type PointerMessage,
  type WheelMessage,
} from '../common/channel-protocol.js'

/** Modifier keys that are held. */
export interface Modifiers {
  /** Shift. */
  readonly shift: boolean
  /** Control. */
  readonly ctrl: boolean
  /** Alt; Option on a Mac. */
  readonly alt: boolean
  /** The Windows key, or Command on a Mac. */
  readonly meta: boolean
}

/** A viewer pressed or released a key. */
export interface KeyInput extends Modifiers {
  /** What happened. */
  readonly type: 'down' | 'up'
  /** What the key means, as the browser's `KeyboardEvent.key`: `a`, `A`, `Escape`, `ArrowLeft`; 1 to 64 characters. */
  readonly key: string
  /** Which key it is, whatever the layout, as `KeyboardEvent.code`: `KeyA`; at most 64 characters, empty if it is not known. */
  readonly code: string
  /** It is held down, and this is a repetition. */
  readonly repeat: boolean
}

/** A viewer moved or pressed a mouse, a pen or a finger. */
export interface PointerInput extends Modifiers {
  /** What happened. `leave`: it is no longer over the picture; `cancel`: the browser took it over, for scrolling say. */
  readonly type: PointerMessage['type']
  /** What it is. */
  readonly kind: PointerMessage['kind']
  /** Tells fingers of one viewer apart. */
  readonly pointer: number
  /**
   * Pixels of the source image from its left edge, fractions included: 0 is the left edge of the first pixel,
   * `Math.floor(x)` the pixel's column. Outside of the image only while a button is held.
   */
  readonly x: number
  /** The same from the upper edge. */
  readonly y: number
  /** The button that changed: 0 left, 1 middle, 2 right; -1 when none did. */
  readonly button: number
  /** The buttons that are held now, added up: 1 left, 2 right, 4 middle. */
  readonly buttons: number
}

/** A viewer turned a wheel, or moved two fingers on a touchpad. */
export interface WheelInput extends Modifiers {
  /** Where the pointer is, pixels of the source image from its left edge. */
  readonly x: number
  /** The same from the upper edge. */
  readonly y: number
  /** How far to the right, CSS pixels, all turns together; a step of a usual wheel is about 100. */
  readonly dx: number
  /** How far down, CSS pixels. */
  readonly dy: number
  /** The buttons that are held, as in `PointerInput`. */
  readonly buttons: number
  /** How many turns these are: 1, or more when the program was busy meanwhile. */
  readonly turns: number
}

/** A viewer moved a control. */
export interface ControlChange {
  /** The control's name. */
  readonly name: string
  /** Its new value, a whole number in its range. */
  readonly value: number
}

/** A control that was moved; `revision` is that of the application's last word on it that the engine knew. */
export interface ControlMoved {
  readonly t: 'control'
  readonly name: string
  readonly value: number
  readonly revision: number
}

/** Turns of a wheel that were joined on their way; without `turns`: one, as the viewer sent it. */
export interface WheelTurned extends WheelMessage {
  readonly turns?: number
}

/** The answer to a `select` command, checked against the image; without `rect`: everybody declined. */
export interface Selected {
  readonly t: 'selected'
  readonly id: number
  readonly rect?: Rectangle
}

/** Whole pixels of the source image. */
export interface Rectangle {
  /** From the left edge of the image. */
  readonly x: number
  /** From the upper edge. */
  readonly y: number
  /** At least 1. */
  readonly width: number
  /** At least 1. */
  readonly height: number
}

/** What of a viewer with the right to control goes to the application: checked by the engine, in order. */
export type InputMessage = KeyMessage | PointerMessage | WheelTurned | ControlMoved | Selected

function modifiers(mods: number): Modifiers {
  return {
    shift: (mods & MODIFIER.shift) !== 0,
    ctrl: (mods & MODIFIER.ctrl) !== 0,
    alt: (mods & MODIFIER.alt) !== 0,
    meta: (mods & MODIFIER.meta) !== 0,
  }
}

export function toKeyInput({ type, key, code, repeat, mods }: KeyMessage): KeyInput {
  return { type, key, code, repeat, ...modifiers(mods) }
}

export function toPointerInput(message: PointerMessage): PointerInput {
  const { type, kind, id, x, y, button, buttons, mods } = message
  return { type, kind, pointer: id, x, y, button, buttons, ...modifiers(mods) }
}

export function toWheelInput({ x, y, dx, dy, buttons, mods, turns = 1 }: WheelTurned): WheelInput {
  return { x, y, dx, dy, buttons, turns, ...modifiers(mods) }
}
