import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BROWSERS, type Browser, launch } from '../support/browser.js'
import { Child } from '../support/child.js'
import { Reel } from '../support/images.js'
import { createLocalServer, type ImageTrack, type PixelcastServer, whepUrl } from '../support/pixelcast.js'
import { type Player, Stage } from '../support/player.js'
import type { ServerProcessApi } from '../support/server-process.js'
import { every, until } from '../support/wait.js'

describe.each(BROWSERS)('viewers in %s', (browserName) => {
  let browser: Browser
  let server: PixelcastServer
  let stage: Stage
  let track: ImageTrack
  let stop: () => void

  beforeAll(async () => {
    browser = await launch(browserName)
    server = await createLocalServer()
    stage = await Stage.open(browser)
    track = server.addTrack('numbers')
    const reel = new Reel(640, 480)
    stop = every(30, (index) => track.addImage(reel.image(index + 1)))
  })
  afterAll(async () => {
    stop?.()
    await stage?.close()
    await browser?.close()
    await server?.close()
  })

  const play = async (on = stage): Promise<Player> => {
    const player = await on.play(whepUrl(server, track.name))
    await player.started()
    return player
  }
  /** Decoded, not presented: a page in the background presents nothing. */
  const framesFlow = async (player: Player, what: string) => {
    const { framesDecoded } = await player.stats()
    await until(what, async () => (await player.stats()).framesDecoded >= framesDecoded + 30)
  }
  const viewersAre = (count: number) => until(`${count} viewers`, () => track.stats.viewers === count, 20_000)

  it.each<[string, (player: Player) => Promise<void>]>([
    ['ends its session', (player) => player.leave()],
    ['closes its connection without a word', (player) => player.vanish()],
  ])('stay undisturbed when another one %s', async (_, leave) => {
    const staying = await play()
    const leaving = await play()
    expect(track.stats.viewers).toBe(2)
    await leave(leaving)
    await viewersAre(1)
    await framesFlow(staying, '30 frames after the other one left')
    const values = (await staying.frames()).map(({ value }) => value)
    expect(values).not.toContain(null)
    await staying.leave()
    await viewersAre(0)
  })

  it('stay undisturbed when the page of another one is reloaded, which comes back', async () => {
    const staying = await play()
    const other = await Stage.open(browser)
    await play(other)
    expect(track.stats.viewers).toBe(2)
    await other.page.reload()
    await viewersAre(1)
    const again = await play(other)
    await framesFlow(again, '30 frames after the reload')
    await framesFlow(staying, '30 frames after the reload of the other one')
    expect((await staying.frames()).map(({ value }) => value)).not.toContain(null)
    await again.vanish()
    await other.close()
    await staying.leave()
    await viewersAre(0)
  })
})

describe('joins and leaves in a row', () => {
  // The native library and the allocator keep what they once had, and take more now and then: 1 to 12 MiB in 20 rounds
  // were seen. What is left behind adds to it each time; a session that is kept takes 370 KiB.
  const ROUNDS = 20
  const GROWTH_KIB = ROUNDS * 300
  const MOST_LOOKS = 4

  it('leave no memory, threads or files behind', { timeout: 150_000 }, async () => {
    const browser = await launch('chromium')
    const stage = await Stage.open(browser)
    const server = await Child.start<ServerProcessApi>('test/support/server-process.ts', ['--expose-gc'])
    try {
      const url = new URL('whep/numbers', await server.call('open', { port: 0, track: 'numbers' }))
      await server.call('produce', { width: 320, height: 240, fps: 30 })
      const joinAndLeave = async (times: number) => {
        for (let i = 0; i < times; i++) {
          const player = await stage.play(url, { codec: i % 2 ? 'vp8' : 'h264' })
          await player.started()
          if (i % 3) await player.leave()
          else await player.vanish()
        }
        await until('no viewer left', async () => {
          const { viewers, encoders } = await server.call('stats')
          return viewers === 0 && encoders === 0
        })
      }
      await joinAndLeave(ROUNDS)
      const growth: number[] = []
      while (growth.length < MOST_LOOKS && !growth.some((kib) => kib < GROWTH_KIB)) {
        const before = await server.call('measure')
        await joinAndLeave(ROUNDS)
        // Closing a connection finishes in the library's own threads.
        const after = await until(
          'files and threads to be given back',
          async () => {
            const now = await server.call('measure')
            return now.files <= before.files && now.threads <= before.threads && now
          },
          10_000,
        ).catch(() => server.call('measure'))
        expect(after.files).toBeLessThanOrEqual(before.files)
        expect(after.threads).toBeLessThanOrEqual(before.threads)
        growth.push(after.residentKiB - before.residentKiB)
      }
      expect(Math.min(...growth), `KiB more after each ${ROUNDS} rounds: ${growth}`).toBeLessThan(GROWTH_KIB)
    } finally {
      await stage.close()
      await browser.close()
      await server.kill()
    }
  })
})
