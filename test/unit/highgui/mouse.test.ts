import { beforeEach, describe, expect, it } from 'vitest'
import {
  EVENT_FLAG_ALTKEY,
  EVENT_FLAG_CTRLKEY,
  EVENT_FLAG_LBUTTON,
  EVENT_FLAG_MBUTTON,
  EVENT_FLAG_RBUTTON,
  EVENT_FLAG_SHIFTKEY,
  EVENT_LBUTTONDBLCLK,
  EVENT_LBUTTONDOWN,
  EVENT_LBUTTONUP,
  EVENT_MBUTTONDOWN,
  EVENT_MBUTTONUP,
  EVENT_MOUSEHWHEEL,
  EVENT_MOUSEMOVE,
  EVENT_MOUSEWHEEL,
  EVENT_RBUTTONDOWN,
  EVENT_RBUTTONUP,
} from '../../../src/highgui/constants.js'
import { Mouse, wheelDelta } from '../../../src/highgui/mouse.js'
import type { PointerInput, WheelInput } from '../../../src/track/index.js'

const NONE = { shift: false, ctrl: false, alt: false, meta: false }
const SIZE = { width: 64, height: 48 }

let mouse: Mouse
beforeEach(() => {
  mouse = new Mouse()
})

function point(type: PointerInput['type'], more: Partial<PointerInput> = {}, viewer = 'a') {
  const input = { type, kind: 'mouse', pointer: 1, x: 1.9, y: 2.1, button: -1, buttons: 0, ...NONE } as const
  return mouse.pointer({ ...input, ...more }, viewer, SIZE)
}

function turn(more: Partial<WheelInput>, viewer = 'a') {
  return mouse.wheel({ x: 3.7, y: 4, dx: 0, dy: 0, buttons: 0, turns: 1, ...NONE, ...more }, viewer, SIZE)
}

describe('pointers', () => {
  it('are told as whole pixels, with what is held', () => {
    expect(point('move')).toEqual([{ event: EVENT_MOUSEMOVE, x: 1, y: 2, flags: 0 }])
    expect(point('move', { buttons: 5, shift: true, meta: true })).toEqual([
      {
        event: EVENT_MOUSEMOVE,
        x: 1,
        y: 2,
        flags: EVENT_FLAG_LBUTTON | EVENT_FLAG_MBUTTON | EVENT_FLAG_SHIFTKEY,
      },
    ])
    expect(point('move', { ctrl: true, alt: true })[0]?.flags).toBe(EVENT_FLAG_CTRLKEY | EVENT_FLAG_ALTKEY)
  })

  it.each([
    ['left', 0, 1, EVENT_FLAG_LBUTTON, EVENT_LBUTTONDOWN, EVENT_LBUTTONUP],
    ['middle', 1, 4, EVENT_FLAG_MBUTTON, EVENT_MBUTTONDOWN, EVENT_MBUTTONUP],
    ['right', 2, 2, EVENT_FLAG_RBUTTON, EVENT_RBUTTONDOWN, EVENT_RBUTTONUP],
  ] as const)('have a %s button', (_, button, buttons, flag, down, up) => {
    expect(point('down', { button, buttons })).toEqual([{ event: down, x: 1, y: 2, flags: flag }])
    expect(point('up', { button })).toEqual([{ event: up, x: 1, y: 2, flags: 0 }])
  })

  it('are told double clicks, and nothing of buttons that OpenCV does not know', () => {
    expect(point('double', { button: 0 })).toEqual([{ event: EVENT_LBUTTONDBLCLK, x: 1, y: 2, flags: 0 }])
    expect(point('down', { button: 3, buttons: 8 })).toEqual([])
    expect(point('leave')).toEqual([])
  })

  it('stay within the image when a button leads them beyond it', () => {
    expect(point('move', { x: -5, y: 99, buttons: 1 })[0]).toMatchObject({ x: 0, y: 47 })
    expect(point('up', { x: 64, y: -0.1, button: 0 })[0]).toMatchObject({ x: 63, y: 0 })
  })

  it('are released when the browser takes them over, or the viewer is gone', () => {
    point('down', { button: 0, buttons: 1 })
    point('down', { button: 1, buttons: 5 })
    expect(point('cancel')).toEqual([
      { event: EVENT_LBUTTONUP, x: 1, y: 2, flags: EVENT_FLAG_MBUTTON },
      { event: EVENT_MBUTTONUP, x: 1, y: 2, flags: 0 },
    ])
    point('down', { button: 2, buttons: 2, x: 9 })
    expect(mouse.leave('b', SIZE)).toEqual([])
    expect(mouse.leave('a', SIZE)).toEqual([{ event: EVENT_RBUTTONUP, x: 9, y: 2, flags: 0 }])
    expect(mouse.leave('a', SIZE)).toEqual([])
  })

  it('are one for each viewer: the first finger', () => {
    const first = { kind: 'touch', pointer: 7 } as const
    const second = { kind: 'touch', pointer: 8 } as const
    expect(point('down', { ...first, button: 0, buttons: 1 })).toHaveLength(1)
    expect(point('down', { ...second, button: 0, buttons: 1 })).toEqual([])
    expect(point('move', { ...second, buttons: 1 })).toEqual([])
    expect(point('cancel', second)).toEqual([])
    expect(point('down', { ...second, button: 0, buttons: 1 }, 'b')).toHaveLength(1)
    expect(point('up', { ...first, button: 0 })).toHaveLength(1)
    expect(point('down', { ...second, button: 0, buttons: 1 })).toHaveLength(1)
  })
})

describe('the wheel', () => {
  const deltas = (...px: number[]) =>
    px.map((dy) => turn({ dy }).map(({ flags }) => wheelDelta(flags))).map(([delta]) => delta ?? 0)

  it('is told in multiples of 120, forward positive', () => {
    expect(turn({ dy: -100 })).toEqual([{ event: EVENT_MOUSEWHEEL, x: 3, y: 4, flags: 120 << 16 }])
    expect(deltas(-120, 120, -48, 53, 240, -1e4)).toEqual([120, -120, 120, -120, -240, 12_000])
    expect(deltas(-65_536, 65_536)).toEqual([32_400, -32_400])
  })

  it('has a side, and comes with what is held', () => {
    const [event] = turn({ dx: 100, buttons: 1, ctrl: true })
    expect(event?.event).toBe(EVENT_MOUSEHWHEEL)
    expect(wheelDelta(event!.flags)).toBe(120)
    expect(event!.flags & 0xffff).toBe(EVENT_FLAG_LBUTTON | EVENT_FLAG_CTRLKEY)
    expect(wheelDelta(turn({ dy: 100, shift: true })[0]!.flags)).toBe(-120)
    expect(turn({ dx: 100, dy: 100 }).map(({ event }) => event)).toEqual([
      EVENT_MOUSEWHEEL,
      EVENT_MOUSEHWHEEL,
    ])
  })

  it('adds up the small steps of a touchpad, of each viewer by itself', () => {
    expect(deltas(30, 30, 30, 30, 30, 30, 30)).toEqual([0, 0, 0, -120, 0, 0, -120])
    expect(turn({ dy: 39 }, 'b')).toEqual([])
    // Turned back: what was left over does not count.
    expect(deltas(30, 30, 30, -30, -30, -30, -30)).toEqual([0, 0, -120, 0, 0, 0, 120])
  })

  it('counts the notches of turns that were joined, and still knows a touchpad', () => {
    const delta = (dy: number, turns: number) => wheelDelta(turn({ dy, turns })[0]?.flags ?? 0)
    // Five notches of Firefox, of Chromium, of Chromium with another system.
    expect([delta(240, 5), delta(500, 5), delta(-600, 5)]).toEqual([-600, -600, 600])
    expect(delta(90, 3)).toBe(0)
    expect(delta(30, 1)).toBe(-120)
    expect(delta(200, 40)).toBe(-240)
    // There and back.
    expect(delta(0, 2)).toBe(0)
  })
})
