import type { Modifiers, PointerInput, WheelInput } from '../track/index.js'
import {
  EVENT_FLAG_ALTKEY,
  EVENT_FLAG_CTRLKEY,
  EVENT_FLAG_SHIFTKEY,
  EVENT_LBUTTONDBLCLK,
  EVENT_LBUTTONDOWN,
  EVENT_LBUTTONUP,
  EVENT_MBUTTONDBLCLK,
  EVENT_MBUTTONDOWN,
  EVENT_MBUTTONUP,
  EVENT_MOUSEHWHEEL,
  EVENT_MOUSEMOVE,
  EVENT_MOUSEWHEEL,
  EVENT_RBUTTONDBLCLK,
  EVENT_RBUTTONDOWN,
  EVENT_RBUTTONUP,
} from './constants.js'
import { Wheel } from './wheel.js'

/** What a mouse callback is called with. */
export interface MouseEvent {
  readonly event: number
  readonly x: number
  readonly y: number
  readonly flags: number
}

interface Size {
  readonly width: number
  readonly height: number
}

/** By `PointerEvent.button`; other buttons OpenCV does not know. */
const BUTTONS = [
  { bit: 1, down: EVENT_LBUTTONDOWN, up: EVENT_LBUTTONUP, double: EVENT_LBUTTONDBLCLK },
  { bit: 4, down: EVENT_MBUTTONDOWN, up: EVENT_MBUTTONUP, double: EVENT_MBUTTONDBLCLK },
  { bit: 2, down: EVENT_RBUTTONDOWN, up: EVENT_RBUTTONUP, double: EVENT_RBUTTONDBLCLK },
] as const
/** `PointerEvent.buttons` and `EVENT_FLAG_xBUTTON` have the same bits. */
const ALL_BUTTONS = 7

/** A viewer that holds a button. */
interface Held {
  readonly last: PointerInput
  readonly buttons: number
}

/** What viewers do with their mice, pens and fingers, as OpenCV's mouse events. One of them for a window. */
export class Mouse {
  /** By viewer. */
  readonly #held = new Map<string, Held>()
  readonly #wheels = new Map<string, Wheel>()

  /** @param size of the image, if there is one */
  pointer(input: PointerInput, viewer: string, size: Size | undefined): MouseEvent[] {
    const held = this.#held.get(viewer)
    // OpenCV has one mouse: of several fingers the first.
    if (held && held.last.pointer !== input.pointer) return []
    if (input.type === 'cancel') return this.#release(viewer, input, size)
    if (input.type === 'leave') return []
    const buttons = input.buttons & ALL_BUTTONS
    if (buttons === 0) this.#held.delete(viewer)
    else this.#held.set(viewer, { last: input, buttons })
    const event = input.type === 'move' ? EVENT_MOUSEMOVE : BUTTONS[input.button]?.[input.type]
    return event === undefined ? [] : [{ event, ...placed(input, size), flags: buttons | modifiers(input) }]
  }

  wheel(input: WheelInput, viewer: string, size: Size | undefined): MouseEvent[] {
    const wheel = this.#wheels.get(viewer) ?? new Wheel()
    this.#wheels.set(viewer, wheel)
    const { up, right } = wheel.turn(input)
    const flags = (input.buttons & ALL_BUTTONS) | modifiers(input)
    const at = placed(input, size)
    return [
      { event: EVENT_MOUSEWHEEL, delta: up },
      { event: EVENT_MOUSEHWHEEL, delta: right },
    ].flatMap(({ event, delta }) => (delta === 0 ? [] : [{ event, ...at, flags: (delta << 16) | flags }]))
  }

  /** A viewer is gone, and holds nothing any more. */
  leave(viewer: string, size: Size | undefined): MouseEvent[] {
    const held = this.#held.get(viewer)
    this.#wheels.delete(viewer)
    return held ? this.#release(viewer, held.last, size) : []
  }

  /** Whoever saw a button go down sees it come up. */
  #release(viewer: string, input: PointerInput, size: Size | undefined): MouseEvent[] {
    let buttons = this.#held.get(viewer)?.buttons ?? 0
    this.#held.delete(viewer)
    return BUTTONS.flatMap(({ bit, up }) => {
      if (!(buttons & bit)) return []
      buttons &= ~bit
      return [{ event: up, ...placed(input, size), flags: buttons | modifiers(input) }]
    })
  }
}

/** What `getMouseWheelDelta` reads from `flags`: its upper half, signed. */
export function wheelDelta(flags: number): number {
  return flags >> 16
}

/** The pixel, of the image: a button that is held leads beyond its edges. */
function placed({ x, y }: { x: number; y: number }, size: Size | undefined): { x: number; y: number } {
  const within = (at: number, length = Number.POSITIVE_INFINITY) =>
    Math.max(0, Math.min(Math.floor(at), length - 1))
  return { x: within(x, size?.width), y: within(y, size?.height) }
}

function modifiers({ shift, ctrl, alt }: Modifiers): number {
  return (ctrl ? EVENT_FLAG_CTRLKEY : 0) | (shift ? EVENT_FLAG_SHIFTKEY : 0) | (alt ? EVENT_FLAG_ALTKEY : 0)
}
