import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InputQueue, type ViewerInput } from '../../../src/host/input-queue.js'
import type { InputMessage } from '../../../src/track/index.js'

type Message<T extends InputMessage['t']> = Extract<InputMessage, { t: T }>

const move = (x: number, more: Partial<Message<'pointer'>> = {}): Message<'pointer'> => ({
  t: 'pointer',
  type: 'move',
  kind: 'mouse',
  id: 1,
  x,
  y: 0,
  button: -1,
  buttons: 0,
  mods: 0,
  ...more,
})
const key = (name: string, more: Partial<Message<'key'>> = {}): Message<'key'> => ({
  t: 'key',
  type: 'down',
  key: name,
  code: name,
  repeat: false,
  mods: 0,
  ...more,
})
const wheel = (dy: number, x = 0): Message<'wheel'> => ({
  t: 'wheel',
  x,
  y: 0,
  dx: 1,
  dy,
  buttons: 0,
  mods: 0,
})
const control = (value: number, name = 'c', revision = 1): Message<'control'> => ({
  t: 'control',
  name,
  value,
  revision,
})

/** A queue whose application is busy with a batch. */
function busy(onExcess?: (viewer: string) => void): InputQueue {
  const queue = new InputQueue(onExcess)
  queue.push('other', key('x'))
  queue.take(0)
  return queue
}

function drain(queue: InputQueue, now = 1_000): ViewerInput[] {
  queue.answered()
  return queue.take(now)
}

const messages = (inputs: readonly ViewerInput[]) =>
  inputs.map((input) => ('message' in input ? input.message : input.gone))

describe('InputQueue', () => {
  it('gives what came, in order, with who it was', () => {
    const queue = new InputQueue()
    expect(queue.dueAt()).toBeUndefined()
    queue.push('a', move(1))
    queue.push('b', key('x'))
    queue.push('a', move(2))
    expect(queue.dueAt()).toBe(Number.NEGATIVE_INFINITY)
    expect(queue.take(5)).toEqual([
      { viewer: 'a', message: move(1) },
      { viewer: 'b', message: key('x') },
      { viewer: 'a', message: move(2) },
    ])
  })

  it('waits for the answer, and a moment between two batches', () => {
    const queue = busy()
    queue.push('a', key('x'))
    expect(queue.dueAt()).toBeUndefined()
    queue.answered()
    expect(queue.dueAt()).toBe(4)
  })

  it('keeps the last of the moves that follow one another while the application is busy', () => {
    const queue = busy()
    for (let x = 0; x < 1_000; x++) queue.push('a', move(x))
    queue.push('b', move(7))
    queue.push('a', move(1_000))
    expect(drain(queue)).toEqual([
      { viewer: 'a', message: move(1_000) },
      { viewer: 'b', message: move(7) },
    ])
  })

  it.each<[string, InputMessage, InputMessage]>([
    ['of another finger', move(1), move(2, { id: 2 })],
    ['with another button', move(1), move(2, { buttons: 1 })],
    ['with another key', move(1), move(2, { mods: 1 })],
    ['before a press', move(1), move(1, { type: 'down' })],
    ['of another control', control(1), control(2, 'd')],
    ['of a control that was set between', control(1), control(2, 'c', 2)],
    ['of the same key, pressed again', key('a'), key('a')],
    ['of another key that is held', key('a'), key('b', { repeat: true })],
    ['of a key that was released', key('a', { type: 'up' }), key('a', { repeat: true })],
  ])('joins nothing %s', (_, first, second) => {
    const queue = busy()
    queue.push('a', first)
    queue.push('a', second)
    expect(messages(drain(queue))).toEqual([first, second])
  })

  it('adds up a wheel, keeps the last of a control, and repetitions of a key once', () => {
    const queue = busy()
    for (const message of [
      wheel(-1),
      wheel(-2, 5),
      control(1),
      control(2),
      key('a'),
      key('a', { repeat: true }),
      key('a', { repeat: true }),
    ])
      expect(queue.push('a', message)).toBe(true)
    expect(messages(drain(queue))).toEqual([{ ...wheel(-3, 5), dx: 2, turns: 2 }, control(2), key('a')])
  })

  it('keeps the values of a control in the order in which viewers gave them', () => {
    const queue = busy()
    queue.push('a', control(1))
    queue.push('b', control(2))
    queue.push('a', control(3))
    expect(drain(queue)).toEqual([
      { viewer: 'b', message: control(2) },
      { viewer: 'a', message: control(3) },
    ])
  })

  it('takes the answer to a question also when too much of the viewer waits', () => {
    const queue = busy()
    for (let i = 0; i < 512; i++) queue.push('a', key(`k${i}`))
    expect(queue.push('a', key('m'))).toBe(false)
    expect(queue.push('a', { t: 'selected', id: 1 })).toBe(true)
    expect(messages(drain(queue)).at(-1)).toEqual({ t: 'selected', id: 1 })
  })

  it('drops the oldest moves of a viewer before it refuses what it does, and nobody else suffers', () => {
    const queue = busy()
    for (let i = 0; i < 256; i++) {
      queue.push('a', move(i))
      queue.push('a', key(`k${i}`))
    }
    for (let i = 0; i < 256; i++) expect(queue.push('a', key(`l${i}`))).toBe(true)
    expect(queue.push('a', key('m'))).toBe(false)
    expect(queue.push('a', move(1))).toBe(false)
    expect(queue.push('b', key('m'))).toBe(true)
    const left = messages(drain(queue))
    expect(left).toEqual([
      ...Array.from({ length: 256 }, (_, i) => key(`k${i}`)),
      ...Array.from({ length: 256 }, (_, i) => key(`l${i}`)),
      key('m'),
    ])
    expect(queue.push('a', key('m'))).toBe(true)
  })

  it('is bounded for all together', () => {
    const queue = busy()
    for (let i = 0; i < 300; i++) for (let k = 0; k < 300; k++) queue.push(`v${i}`, key(`${k}`))
    expect(queue.size).toBeLessThanOrEqual(65_536)
    expect(queue.size).toBeGreaterThan(65_536 - 300)
  })

  it('makes room for the others by throwing out who has most, and keeps what the engine acted on', () => {
    const out: string[] = []
    const queue = busy((viewer) => out.push(viewer))
    for (let i = 0; i < 128; i++) {
      const viewer = `v${i}`
      const first: InputMessage[] = [
        control(1),
        key('x'),
        control(2),
        control(3, 'd'),
        { t: 'selected', id: 1 },
      ]
      for (const message of first) queue.push(viewer, message)
      for (let k = first.length; k < 511; k++) expect(queue.push(viewer, key(`${k}`))).toBe(true)
    }
    for (let i = 0; i < 128; i++) expect(queue.push('honest', key(`${i}`))).toBe(true)
    expect([queue.size, out]).toEqual([65_536, []])
    // No room, and the one with least is not to blame. Who is, is not heard any more either.
    expect(queue.push('honest', key('a'))).toBe(true)
    expect(out).toEqual(['v0'])
    const left = drain(queue)
    expect(messages(left.filter(({ viewer }) => viewer === 'v0'))).toEqual([
      control(2),
      control(3, 'd'),
      { t: 'selected', id: 1 },
    ])
    expect(left.filter(({ viewer }) => viewer === 'honest')).toHaveLength(129)
    expect(left.filter(({ viewer }) => viewer === 'v1')).toHaveLength(511)
  })

  it('throws nobody out for one that has as much itself', () => {
    const out: string[] = []
    const queue = busy((viewer) => out.push(viewer))
    for (let i = 0; i < 128; i++) for (let k = 0; k < 512; k++) queue.push(`v${i}`, key(`${k}`))
    expect(queue.push('v7', key('x'))).toBe(false)
    expect([queue.size, out]).toEqual([65_536, []])
  })

  it('tells that a viewer is gone after what it did', () => {
    const queue = busy()
    expect(queue.leave('a', 'nothing waits')).toBe(false)
    queue.push('a', key('x'))
    queue.push('b', key('y'))
    expect(queue.leave('a', 'it left')).toBe(true)
    expect(drain(queue)).toEqual([
      { viewer: 'a', message: key('x') },
      { viewer: 'b', message: key('y') },
      { viewer: 'a', gone: 'it left' },
    ])
  })

  it('never loses or reorders keys and buttons that it took, whatever comes between', () => {
    const presses = fc.oneof(
      fc.nat(50).map((n) => key(`k${n}`)),
      fc.nat(50).map((n) => move(n, { type: 'down', button: 0, buttons: 1 })),
    )
    const any = fc.oneof(
      presses,
      fc.nat(50).map((n) => move(n)),
      fc.nat(5).map((n) => wheel(n)),
      fc.nat(5).map((n) => control(n)),
    )
    const isPress = (message: InputMessage | string) =>
      typeof message !== 'string' &&
      (message.t === 'key' || (message.t === 'pointer' && message.type !== 'move'))
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('a', 'b'), any), { maxLength: 1_500 }),
        fc.integer({ min: 1, max: 900 }),
        (pushes, batch) => {
          const queue = new InputQueue()
          const taken: InputMessage[] = []
          const got: (InputMessage | string)[] = []
          for (const [i, [viewer, message]] of pushes.entries()) {
            if (queue.push(viewer, message) && isPress(message)) taken.push(message)
            if (i % batch === 0) got.push(...messages(drain(queue, i)))
          }
          got.push(...messages(drain(queue)))
          expect(got.filter(isPress)).toEqual(taken)
        },
      ),
      { numRuns: 50 },
    )
  })
})
