import { beforeEach, describe, expect, it } from 'vitest'
import type { ViewerMessage } from '../../../src/common/channel-protocol.js'
import { Input, type InputHost } from '../../../src/viewer/input.js'
import {
  changedButtons,
  fateOfKey,
  type KeyEvent,
  keyMessage,
  type PointerLike,
  type TurnEvent,
  wheelMessage,
} from '../../../src/viewer/input-messages.js'
import { place } from '../../../src/viewer/placement.js'

/** As the browser makes them, as far as they are read; Node has no such classes. */
function pointer(values: Partial<PointerLike> = {}): PointerLike {
  const none = { shiftKey: false, ctrlKey: false, altKey: false, metaKey: false }
  return { ...none, pointerType: 'mouse', pointerId: 1, button: -1, buttons: 0, ...values }
}
function key(name: string, values: Partial<KeyEvent> & { altGraph?: boolean } = {}): KeyEvent {
  const { altGraph = false, ...others } = values
  const none = {
    shiftKey: false,
    ctrlKey: false,
    altKey: false,
    metaKey: false,
    repeat: false,
    isComposing: false,
  }
  const code = name.length === 1 ? `Key${name.toUpperCase()}` : name
  const getModifierState = () => altGraph
  return {
    type: 'keydown',
    key: name,
    code,
    getModifierState,
    ...none,
    ...others,
  }
}

let sent: ViewerMessage[]
let frames: (() => void)[]
let host: InputHost & { listened: boolean; busy: boolean }
let input: Input
/** 641×479, padded to even sizes, three pixels a source pixel: its left edge at −460, its upper at −470. */
const placement = place({
  box: { width: 1_000, height: 500 },
  image: { width: 641, height: 479 },
  coded: { width: 642, height: 480 },
  fit: 'contain',
  ratio: 1,
  zoom: { scale: 3, centre: { x: 320, y: 240 } },
})
const letterboxed = place({
  box: { width: 1_000, height: 500 },
  image: { width: 100, height: 100 },
  coded: { width: 100, height: 100 },
  fit: 'contain',
  ratio: 1,
})
const nextFrame = () => {
  for (const callback of frames.splice(0)) callback()
}

beforeEach(() => {
  sent = []
  frames = []
  host = {
    listened: true,
    busy: false,
    placement,
    send: (message) => sent.push(message),
    frame: (callback) => frames.push(callback),
  }
  input = new Input(host)
})

describe('pointers', () => {
  it('are told in source pixels, exact', () => {
    input.down(pointer({ button: 0, buttons: 1 }), { x: 500, y: 250 })
    expect(sent).toEqual([
      { t: 'pointer', type: 'down', kind: 'mouse', id: 1, x: 320, y: 240, button: 0, buttons: 1, mods: 0 },
    ])
  })

  it('move once a picture of the screen, and where they were last', () => {
    for (let x = 0; x < 50; x++) input.hover(pointer(), { x, y: 9 })
    expect(sent).toEqual([])
    nextFrame()
    expect(sent).toMatchObject([{ type: 'move', x: 169.667, y: 159.667, button: -1 }])
    expect(frames).toEqual([])
  })

  it('have moved before a button goes down, and buttons do not wait', () => {
    input.hover(pointer(), { x: 500, y: 250 })
    input.down(pointer({ button: 2, buttons: 2 }), { x: 503, y: 250 })
    expect(sent).toMatchObject([
      { type: 'move', x: 320 },
      { type: 'down', x: 321, button: 2, buttons: 2 },
    ])
    nextFrame()
    expect(sent).toHaveLength(2)
  })

  it('tell every button of a mouse, though the browser tells only the first and the last', () => {
    input.down(pointer({ button: 0, buttons: 1 }), { x: 500, y: 250 })
    input.drag(pointer({ button: 2, buttons: 3 }), { x: 500, y: 250 })
    input.drag(pointer({ button: 0, buttons: 2 }), { x: 500, y: 250 })
    input.up(pointer({ button: 2, buttons: 0 }), { x: 500, y: 250 })
    expect(
      sent.map((message) => 'type' in message && [message.type, 'button' in message && message.button]),
    ).toEqual([
      ['down', 0],
      ['down', 2],
      ['up', 0],
      ['up', 2],
    ])
  })

  it('go outside only while something is held', () => {
    host = { ...host, placement: letterboxed }
    input = new Input(host)
    expect(input.down(pointer({ button: 0, buttons: 1 }), { x: 10, y: 10 })).toBe(false)
    expect(input.hover(pointer(), { x: 10, y: 10 })).toBe(false)
    input.down(pointer({ button: 0, buttons: 1 }), { x: 300, y: 10 })
    input.drag(pointer({ buttons: 1 }), { x: 200, y: 10 })
    nextFrame()
    input.up(pointer({ button: 0 }), { x: 150, y: -20 })
    expect(sent).toMatchObject([
      { type: 'down', x: 10, y: 2 },
      { type: 'move', x: -10, y: 2, buttons: 1 },
      { type: 'up', x: -20, y: -4 },
    ])
    input.hover(pointer(), { x: 100, y: 10 })
    expect(sent.at(-1)).toMatchObject({ type: 'leave' })
  })

  it('leave, once', () => {
    input.hover(pointer(), { x: 500, y: 250 })
    input.leave(pointer())
    input.leave(pointer())
    expect(sent).toMatchObject([{ type: 'move' }, { type: 'leave', x: 320, y: 240 }])
  })

  it('are fingers, each by itself, and are taken away one by one', () => {
    const finger = (pointerId: number, values = {}) =>
      pointer({ pointerType: 'touch', pointerId, buttons: 1, ...values })
    input.down(finger(7, { button: 0 }), { x: 500, y: 250 })
    input.down(finger(8, { button: 0 }), { x: 530, y: 250 })
    input.drag(finger(7), { x: 506, y: 250 })
    input.drag(finger(8), { x: 536, y: 250 })
    input.cancel(7)
    expect(sent).toMatchObject([
      { type: 'down', kind: 'touch', id: 7, x: 320 },
      { type: 'down', kind: 'touch', id: 8, x: 330 },
      { type: 'move', id: 7, x: 322 },
      { type: 'move', id: 8, x: 332 },
      { type: 'cancel', id: 7, x: 322, buttons: 0 },
    ])
    input.up(finger(7), { x: 0, y: 0 })
    expect(sent).toHaveLength(5)
  })

  it('press twice as what they are, which the browser does not tell', () => {
    input.down(pointer({ pointerType: 'pen', pointerId: 4, button: 0, buttons: 1 }), { x: 500, y: 250 })
    input.up(pointer({ pointerType: 'pen', pointerId: 4, button: 0 }), { x: 500, y: 250 })
    input.double(pointer({ pointerType: 'mouse', button: 0 }), { x: 500, y: 250 })
    expect(sent.at(-1)).toMatchObject({ type: 'double', kind: 'pen', id: 4, x: 320, button: 0 })
  })

  it('say nothing when nobody listens, and leave moves out when sending lags behind', () => {
    host.listened = false
    expect(input.down(pointer({ button: 0, buttons: 1 }), { x: 500, y: 250 })).toBe(false)
    expect(input.menu({}, { x: 500, y: 250 })).toBe(false)
    host.listened = host.busy = true
    expect(input.menu({}, { x: 500, y: 250 })).toBe(true)
    input.hover(pointer(), { x: 500, y: 250 })
    nextFrame()
    expect(sent).toEqual([])
    input.down(pointer({ button: 0, buttons: 1 }), { x: 500, y: 250 })
    expect(sent).toMatchObject([{ type: 'move' }, { type: 'down' }])
  })
})

describe('keys', () => {
  it('go to the server as the browser has them', () => {
    expect(input.key(key('A', { shiftKey: true, code: 'KeyA' }))).toBe(true)
    input.key(key('A', { type: 'keyup', code: 'KeyA' }))
    expect(sent).toEqual([
      { t: 'key', type: 'down', key: 'A', code: 'KeyA', repeat: false, mods: 1 },
      { t: 'key', type: 'up', key: 'A', code: 'KeyA', repeat: false, mods: 0 },
    ])
  })

  it.each([
    ['a', {}, 'take'],
    ['Escape', {}, 'take'],
    ['F1', {}, 'take'],
    [' ', {}, 'take'],
    ['Tab', {}, 'leave'],
    ['Tab', { shiftKey: true }, 'leave'],
    ['F5', {}, 'leave'],
    ['F12', {}, 'leave'],
    ['t', { ctrlKey: true }, 'leave'],
    ['r', { metaKey: true }, 'leave'],
    ['Control', { ctrlKey: true }, 'share'],
    ['ArrowLeft', { altKey: true }, 'share'],
    ['@', { ctrlKey: true, altKey: true, altGraph: true }, 'take'],
    ['Process', {}, 'leave'],
    ['a', { isComposing: true }, 'leave'],
  ])('%s with %o: %s', (name, values, fate) => {
    expect(fateOfKey(key(name, values))).toBe(fate)
  })

  it('come up when the picture loses the keyboard, and pointers with them', () => {
    input.key(key('a'))
    input.key(key('Shift', { code: 'ShiftLeft', shiftKey: true }))
    input.down(pointer({ button: 0, buttons: 1 }), { x: 500, y: 250 })
    sent.length = 0
    input.blur()
    input.blur()
    expect(sent).toMatchObject([
      { t: 'key', type: 'up', code: 'KeyA', mods: 0 },
      { t: 'key', type: 'up', code: 'ShiftLeft' },
      { t: 'pointer', type: 'cancel', buttons: 0 },
    ])
    input.key(key('a', { type: 'keyup' }))
    expect(sent).toHaveLength(3)
  })

  it('come up with Meta, after which a Mac tells no other key', () => {
    input.key(key('a'))
    input.key(key('Meta', { code: 'MetaLeft', metaKey: true }))
    input.key(key('Meta', { type: 'keyup', code: 'MetaLeft' }))
    expect(sent.slice(2)).toMatchObject([
      { type: 'up', code: 'MetaLeft' },
      { type: 'up', code: 'KeyA' },
    ])
  })

  it('are not held any more once the right is gone', () => {
    input.key(key('a'))
    input.forget()
    input.blur()
    expect(sent).toHaveLength(1)
  })
})

describe('the rest', () => {
  it('counts a wheel in CSS pixels', () => {
    const wheel = (values: Partial<TurnEvent>): TurnEvent => ({
      ...pointer(),
      deltaX: 0,
      deltaY: 3,
      deltaMode: 0,
      ...values,
    })
    expect(wheelMessage(wheel({}), { x: 1, y: 2 })).toMatchObject({ t: 'wheel', x: 1, y: 2, dx: 0, dy: 3 })
    expect(wheelMessage(wheel({ deltaMode: 1 }), { x: 0, y: 0 })).toMatchObject({ dy: 48 })
  })

  it('knows `buttons` from `button`', () => {
    expect(changedButtons(1, 7)).toEqual([
      { button: 1, down: true },
      { button: 2, down: true },
    ])
    expect(changedButtons(4, 0)).toEqual([{ button: 1, down: false }])
  })

  it('reads modifiers', () => {
    expect(keyMessage(key('x', { shiftKey: true, ctrlKey: true, altKey: true, metaKey: true })).mods).toBe(15)
  })
})
