import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { BROWSERS, type Browser, launch } from '../support/browser.js'
import { Child } from '../support/child.js'
import { Stage } from '../support/player.js'
import type { ServerProcessApi } from '../support/server-process.js'
import { until } from '../support/wait.js'

const TRACK = 'numbers'
const SIZE = { width: 640, height: 480 }

describe.each(BROWSERS)('the order of frames in %s', (browserName) => {
  let browser: Browser
  let stage: Stage
  let server: Child<ServerProcessApi>
  let url: URL

  beforeAll(async () => {
    browser = await launch(browserName)
    stage = await Stage.open(browser)
    server = await Child.start<ServerProcessApi>('test/support/server-process.ts')
    url = new URL(`whep/${TRACK}`, await server.call('open', { port: 0, track: TRACK }))
  })
  afterAll(async () => {
    await stage?.close()
    await browser?.close()
    await server?.kill()
  })

  it('shows rising numbers', async () => {
    await server.call('produce', { ...SIZE, fps: 30 })
    const player = await stage.play(url)
    onTestFinished(() => player.leave())
    await player.waitFor('100 frames', '({ frames }) => frames >= 100')
    const last = await server.call('stop')
    await player.waitFor('the last image', `({ value }) => value === ${last}`)
    const values = (await player.frames()).map(({ value }) => value)
    expect(values).not.toContain(null)
    // An image is encoded again when the next one is late, so a number may stay; it must never come back.
    for (let i = 1; i < values.length; i++) expect(values[i]).toBeGreaterThanOrEqual(values[i - 1]!)
    expect(new Set(values).size).toBeGreaterThan(80)
  })

  it('shows every frame that the engine was given while the application blocks its thread', async () => {
    const player = await stage.play(url)
    onTestFinished(() => player.leave())
    await player.started()
    const from = (await player.state()).frames
    const before = await server.call('stats')
    await server.call('produce', { ...SIZE, fps: 0, blockFor: 100 })
    await player.waitFor('40 more frames', `({ frames }) => frames >= ${from + 40}`)
    const last = await server.call('stop')
    await player.waitFor('the last image', `({ value }) => value === ${last}`)
    const after = await server.call('stats')

    const shown = (await player.frames(from)).map(({ value }) => value ?? -1)
    const given = after.pushed - before.pushed
    const first = last - given + 1
    // Every image of this round in its order; none is missing but those that a newer one had replaced in
    // the queue before the engine took them, which a busy machine may do to one or two.
    const values = [...new Set(shown.filter((value) => value >= first))]
    const replaced = after.dropped.superseded - before.dropped.superseded
    expect(values).toEqual([...values].sort((a, b) => a - b))
    expect(values).toHaveLength(given - replaced)
    expect(replaced).toBeLessThanOrEqual(Math.ceil(given / 10))
  })

  it('has no encoder when nobody watches', async () => {
    const idle = await until('the last encoder to stop', async () => {
      const stats = await server.call('stats')
      return stats.viewers === 0 && stats.encoders === 0 && stats
    })
    await server.call('produce', { ...SIZE, fps: 30 })
    await until('30 more images', async () => (await server.call('stats')).pushed >= idle.pushed + 30)
    await server.call('stop')
    expect((await server.call('stats')).framesEncoded).toBe(idle.framesEncoded)
  })
})
