import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { GRAY, Room } from './support.js'

const SHIFT = 1
let room: Room
beforeEach(() => {
  vi.useFakeTimers()
  room = new Room()
  room.gui.imshow('w', GRAY)
})
afterEach(() => {
  vi.useRealTimers()
})

/** Of a promise, or undefined while it waits. */
function answerOf<T>(promise: Promise<T>): { value?: T; error?: unknown } {
  const answer: { value?: T; error?: unknown } = {}
  promise.then(
    (value) => Object.assign(answer, { value }),
    (error) => Object.assign(answer, { error }),
  )
  return answer
}

const pass = (time: number) => vi.advanceTimersByTimeAsync(time)

describe('waitKey', () => {
  it('gives a key that was pressed before, one to each call, in order', async () => {
    room.press('w', 'q')
    room.press('w', 'Escape')
    const first = answerOf(room.gui.waitKey(1))
    const second = answerOf(room.gui.waitKey())
    const third = answerOf(room.gui.waitKey(20))
    await pass(20)
    expect([first, second, third]).toEqual([{ value: 113 }, { value: 27 }, { value: -1 }])
  })

  it('never answers before a turn of the event loop', async () => {
    room.press('w', 'q')
    const answer = answerOf(room.gui.waitKey(1))
    for (let i = 0; i < 10; i++) await Promise.resolve()
    expect(answer).toEqual({})
    await pass(0)
    expect(answer).toEqual({ value: 113 })
  })

  it('waits for as long as was said, and ends with the key', async () => {
    const tooLong = answerOf(room.gui.waitKey(30))
    await pass(29)
    expect(tooLong).toEqual({})
    await pass(1)
    expect(tooLong).toEqual({ value: -1 })
    const pressed = answerOf(room.gui.waitKey(30))
    await pass(10)
    room.press('w', 'A', SHIFT)
    await pass(0)
    expect(pressed).toEqual({ value: 65 })
    expect(vi.getTimerCount()).toBe(0)
  })

  it('waits for ever with 0, while there is a window', async () => {
    room.gui.imshow('another', GRAY)
    const answer = answerOf(room.gui.waitKey())
    await pass(1e7)
    room.gui.destroyWindow('w')
    await pass(0)
    expect(answer).toEqual({})
    room.gui.destroyWindow('another')
    await pass(0)
    expect(answer).toEqual({ value: -1 })
    const without = answerOf(room.gui.waitKey(0))
    const timed = answerOf(room.gui.waitKey(50))
    await pass(49)
    expect([without, timed]).toEqual([{ value: -1 }, {}])
    await pass(1)
    expect(timed).toEqual({ value: -1 })
  })

  it('with 1 waits a millisecond, unless the program took that long itself', async () => {
    const first = answerOf(room.gui.waitKey(1))
    await pass(1)
    expect(first).toEqual({ value: -1 })
    const idle = answerOf(room.gui.waitKey(1))
    await pass(0)
    expect(idle).toEqual({})
    await pass(1)
    expect(idle).toEqual({ value: -1 })
    await pass(5)
    const busy = answerOf(room.gui.waitKey(1))
    await pass(0)
    expect(busy).toEqual({ value: -1 })
    const other = answerOf(room.gui.waitKey(2))
    await pass(1)
    expect(other).toEqual({})
    await pass(1)
    expect(other).toEqual({ value: -1 })
  })

  it('listens to all windows, and not to releases', async () => {
    room.gui.imshow('another', GRAY)
    room.press('another', 'x')
    room.press('w', 'y')
    const answers = [room.gui.waitKey(1), room.gui.waitKey(1), room.gui.waitKey(1)].map(answerOf)
    await pass(5)
    expect(answers).toEqual([{ value: 120 }, { value: 121 }, { value: -1 }])
  })

  it('refuses what is no time', async () => {
    await expect(room.gui.waitKey(Number.NaN)).rejects.toThrow('delay: expected a number (ms), got NaN')
    await expect(room.gui.waitKey('1' as never)).rejects.toThrow('delay: expected a number (ms), got "1"')
  })
})

describe('its relatives', () => {
  it('waitKeyEx gives the whole code', async () => {
    room.press('w', 'ArrowLeft', SHIFT)
    const answer = answerOf(room.gui.waitKeyEx(1))
    const none = answerOf(room.gui.waitKeyEx(1))
    await pass(1)
    expect([answer, none]).toEqual([{ value: 65361 + 0x10000 }, { value: -1 }])
  })

  it('pollKey does not wait', async () => {
    room.press('w', 'q')
    const answers = [room.gui.pollKey(), room.gui.pollKey()].map(answerOf)
    await pass(0)
    expect(answers).toEqual([{ value: 113 }, { value: -1 }])
  })
})
