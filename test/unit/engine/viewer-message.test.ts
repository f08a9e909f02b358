import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ViewerMessage } from '../../../src/common/channel-protocol.js'
import { readViewerMessage } from '../../../src/engine/viewer-message.js'

const VALID: readonly ViewerMessage[] = [
  { t: 'ping', id: 1, at: 2.5 },
  { t: 'key', type: 'down', key: 'a', code: 'KeyA', repeat: false, mods: 0 },
  { t: 'key', type: 'up', key: 'é', code: '', repeat: true, mods: 15 },
  { t: 'pointer', type: 'move', kind: 'mouse', id: 1, x: 0.5, y: -3, button: -1, buttons: 0, mods: 0 },
  { t: 'pointer', type: 'double', kind: 'touch', id: -7, x: 65_536, y: 0, button: 2, buttons: 63, mods: 8 },
  { t: 'wheel', x: 1, y: 2, dx: -100, dy: 0.25, buttons: 4, mods: 1 },
  { t: 'control', name: 'threshold', value: -1e300 },
  { t: 'selected', id: 3 },
  { t: 'selected', id: 3, rect: { x: -1, y: 0, width: 10, height: 0 } },
]

const read = (value: unknown) => readViewerMessage(JSON.stringify(value))

describe('readViewerMessage', () => {
  it.each(VALID)('takes $t', (message) => {
    expect(read(message)).toEqual(message)
  })

  it.each(VALID)('writes $t anew, without what does not belong there', (message) => {
    const text = JSON.stringify({ ...message, more: { x: 1 } }).replace('{', '{"__proto__":{"evil":1},')
    expect(readViewerMessage(text)).toEqual(message)
  })

  it.each(VALID.flatMap((message) => Object.keys(message).map((field) => ({ message, field }))))(
    'ignores $message.t with a wrong $field',
    ({ message, field }) => {
      for (const wrong of [null, true, [], {}, '', 'x'.repeat(65), 1e6, -1e6, 0.5, '5']) {
        const broken = { ...message, [field]: wrong }
        const result = read(broken)
        // What is in range for the field is taken as it is, nothing is bent to fit.
        if (result) expect(result).toEqual(broken)
      }
      const { [field as 't']: _, ...rest } = message
      if (field !== 'rect') expect(read(rest)).toBeUndefined()
      expect(
        readViewerMessage(JSON.stringify({ ...message, [field]: 'HERE' }).replace('"HERE"', '1e999')),
      ).toBe(undefined)
    },
  )

  it.each([
    { t: 'key', type: 'down', key: '', code: 'KeyA', repeat: false, mods: 0 },
    { t: 'key', type: 'press', key: 'a', code: 'KeyA', repeat: false, mods: 0 },
    { t: 'key', type: 'down', key: 'x'.repeat(65), code: 'KeyA', repeat: false, mods: 0 },
    { t: 'key', type: 'down', key: 'a', code: 'KeyA', repeat: false, mods: 16 },
    { t: 'pointer', type: 'move', kind: 'mouse', id: 1, x: 65_537, y: 0, button: -1, buttons: 0, mods: 0 },
    { t: 'pointer', type: 'move', kind: 'mouse', id: 2 ** 53, x: 1, y: 0, button: -1, buttons: 0, mods: 0 },
    { t: 'pointer', type: 'move', kind: 'nose', id: 1, x: 1, y: 0, button: -1, buttons: 0, mods: 0 },
    { t: 'pointer', type: 'toString', kind: 'mouse', id: 1, x: 1, y: 0, button: -1, buttons: 0, mods: 0 },
    { t: 'control', name: '', value: 1 },
    { t: 'control', name: 'x'.repeat(65), value: 1 },
    { t: 'selected', id: 1, rect: { x: 0.5, y: 0, width: 1, height: 1 } },
    { t: 'selected', id: 1, rect: { x: 0, y: 0, width: -1, height: 1 } },
    { t: 'selected', id: 1, rect: null },
    { t: 'constructor' },
    { t: ['key'] },
    {},
    [],
    null,
    5,
  ])('ignores %j', (message) => {
    expect(read(message)).toBeUndefined()
  })

  it('never throws, and gives nothing that it would not take again', () => {
    const near = fc
      .constantFrom(...VALID)
      .chain((message) =>
        fc.record(
          Object.fromEntries(
            Object.entries(message).map(([name, value]) => [
              name,
              fc.oneof(fc.constant(value), fc.jsonValue()),
            ]),
          ),
          { requiredKeys: [] },
        ),
      )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          near.map((value) => JSON.stringify(value)),
        ),
        (text) => {
          const message = readViewerMessage(text)
          if (message) expect(read(message)).toEqual(message)
        },
      ),
      { numRuns: 2_000 },
    )
  })

  it('does not mind deep nesting', () => {
    expect(readViewerMessage('['.repeat(100_000))).toBeUndefined()
    expect(readViewerMessage(`{"t":"key","key":${'['.repeat(2_000)}${']'.repeat(2_000)}}`)).toBeUndefined()
  })
})
