import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Child } from '../support/child.js'
import { type HeadlessReceiver, startHeadlessReceiver } from '../support/headless-receiver/index.js'
import type { ServerProcessApi } from '../support/server-process.js'
import { pause, until } from '../support/wait.js'
import { isWhole } from '../support/whole.js'

const VIEWERS = 100
const SECONDS = 4

// One encoder for all and packets for each: the codec is but what is in them.
describe.each(isWhole ? (['h264', 'vp8'] as const) : (['h264'] as const))('100 viewers of %s', (codec) => {
  let server: Child<ServerProcessApi>
  let receiver: HeadlessReceiver
  let url: string

  beforeAll(async () => {
    server = await Child.start<ServerProcessApi>('test/support/server-process.ts')
    receiver = await startHeadlessReceiver()
    url = new URL('whep/numbers', await server.call('open', { port: 0, track: 'numbers' })).href
    await server.call('produce', { width: 640, height: 360, fps: 15 })
  })
  afterAll(async () => {
    await receiver?.kill()
    await server?.kill()
  })

  it('are served by one encoder, and every one gets every packet', async () => {
    await receiver.call('open', { url, count: VIEWERS, codec })
    const all = await receiver.call('stats')
    expect(all.filter(({ state }) => state === 'connected')).toHaveLength(VIEWERS)
    await until('a picture for everyone', async () =>
      (await receiver.call('stats')).every(({ frames, keyframes }) => frames > 0 && keyframes > 0),
    )
    const { viewers, encoders } = await server.call('stats')
    expect({ viewers, encoders }).toEqual({ viewers: VIEWERS, encoders: 1 })

    await receiver.call('reset')
    const before = await server.call('stats')
    await pause(SECONDS * 1000)
    await server.call('stop')
    const after = await server.call('stats')
    const arrived = await until('the last packets', async () => {
      const stats = await receiver.call('stats')
      return stats.every(({ missing }) => missing === 0) && stats
    }).catch(() => receiver.call('stats'))

    const bad = arrived.filter(
      ({ missing, duplicates, timestampsNotRising }) => missing || duplicates || timestampsNotRising,
    )
    expect(bad).toEqual([])
    // One encode for all: as many pictures as one viewer gets, not a hundred times that.
    const encoded = after.framesEncoded - before.framesEncoded
    expect(encoded).toBeGreaterThan(SECONDS * 5)
    expect(encoded).toBeLessThan(SECONDS * 40)
    const counts = arrived.map(({ frames }) => frames)
    expect(
      Math.max(...counts) - Math.min(...counts),
      'frames between the luckiest and the unluckiest',
    ).toBeLessThan(5)
    expect(Math.min(...counts)).toBeGreaterThan(encoded - 5)
    expect(arrived.every(({ senderReports }) => senderReports > 0)).toBe(true)
  }, 120_000)

  it('are gone when they are gone', async () => {
    const half = Array.from({ length: VIEWERS / 2 }, (_, i) => i)
    await receiver.call('close', { viewers: half, how: 'delete' })
    await until('50 viewers', async () => (await server.call('stats')).viewers === VIEWERS / 2)
    await receiver.call('close', { how: 'close' })
    await until('no viewer and no encoder', async () => {
      const { viewers, encoders } = await server.call('stats')
      return viewers === 0 && encoders === 0
    })
  })
})
