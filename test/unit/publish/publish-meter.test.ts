import { expect, it } from 'vitest'
import { type MeasuredPublication, PublishMeter } from '../../../src/publish/publish-meter.js'

const one = (fields: Partial<MeasuredPublication>): MeasuredPublication => ({
  track: 'a',
  phase: 'connected',
  connections: 1,
  bytes: 100,
  ...fields,
})

it('counts publications by track, also those that are over', () => {
  const meter = new PublishMeter()
  expect(meter.read([])).toEqual([])
  expect(
    meter.read([
      one({ connections: 3 }),
      one({ phase: 'waiting', connections: 0, bytes: 0 }),
      one({ track: 'b' }),
    ]),
  ).toEqual([
    {
      track: 'a',
      now: { connecting: 0, connected: 1, waiting: 1 },
      reconnections: 2,
      failures: 0,
      bytes: 100,
    },
    {
      track: 'b',
      now: { connecting: 0, connected: 1, waiting: 0 },
      reconnections: 0,
      failures: 0,
      bytes: 100,
    },
  ])
  meter.end(one({ connections: 3 }), false)
  meter.end(one({ phase: 'connecting', connections: 0, bytes: 0 }), true)
  expect(meter.read([one({ connections: 2 })])).toEqual([
    {
      track: 'a',
      now: { connecting: 0, connected: 1, waiting: 0 },
      reconnections: 3,
      failures: 1,
      bytes: 200,
    },
  ])
  meter.forget('a')
  expect(meter.read([])).toEqual([])
})
