import { afterAll, beforeAll, expect, it } from 'vitest'
import { Child } from '../../support/child.js'
import { type HeadlessReceiver, startHeadlessReceiver } from '../../support/headless-receiver/index.js'
import { postOffer } from '../../support/offer.js'
import type { ServerProcessApi } from '../../support/server-process.js'
import { until } from '../../support/wait.js'

// What the native library and the allocator once had they keep; growth is what comes after that.
const WARM_UP = 600
const SESSIONS = 1_000
const AT_ONCE = 8
/** A session that is kept takes 370 KiB (measured). What is free lies about in the engine thread's heap and a dozen arenas. */
const GROWTH_KIB = (SESSIONS * 370) / 5

let server: Child<ServerProcessApi>
let receiver: HeadlessReceiver
beforeAll(async () => {
  server = await Child.start<ServerProcessApi>('test/support/server-process.ts', ['--expose-gc'])
  receiver = await startHeadlessReceiver()
})
afterAll(async () => {
  await receiver?.kill()
  await server?.kill()
})

it('a thousand sessions that are opened and abandoned leave nothing behind, and disturb nobody', {
  timeout: 180_000,
}, async () => {
  // Nor is one refused because others keep the engine's thread busy, of this process or of the machine.
  const limits = { handshakeTime: 500, sessions: 1_000, sessionRate: 10_000, sendLoad: 1 }
  const url = new URL('whep/numbers', await server.call('open', { port: 0, track: 'numbers', limits }))
  await server.call('produce', { width: 64, height: 48, fps: 30 })
  const [viewer] = (await receiver.call('open', { url: url.href, count: 1, codec: 'vp8' })) as [number]
  const abandon = async (count: number) => {
    const statuses = new Map<number, number>()
    let left = count
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        while (left-- > 0) {
          const answer = await postOffer(url)
          await answer.text()
          statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
        }
      }),
    )
    // Each of them takes a while to be closed, longer when the machine has other things to do.
    await until('one viewer left', async () => (await server.call('stats')).viewers === 1, 60_000)
    return statuses
  }
  await abandon(WARM_UP)
  const before = await server.call('measure')
  const framesBefore = (await receiver.call('stats'))[viewer]!.frames
  expect(await abandon(SESSIONS)).toEqual(new Map([[201, SESSIONS]]))
  const after = await until(
    'files and threads to be given back',
    async () => {
      const now = await server.call('measure')
      return now.files <= before.files + AT_ONCE && now.threads <= before.threads && now
    },
    5_000,
  ).catch(() => server.call('measure'))
  // The connections that the requests came over are kept for a while.
  expect(after.files).toBeLessThanOrEqual(before.files + AT_ONCE)
  expect(after.threads).toBeLessThanOrEqual(before.threads)
  expect(after.residentKiB - before.residentKiB).toBeLessThan(GROWTH_KIB)
  const { frames, missing } = (await receiver.call('stats'))[viewer]!
  expect(frames).toBeGreaterThan(framesBefore)
  expect(missing).toBe(0)
})
