import { once } from 'node:events'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type HeadlessReceiver, startHeadlessReceiver } from '../../support/headless-receiver/index.js'
import { type Program, startProgram } from '../../support/program.js'
import { until } from '../../support/wait.js'

interface Told {
  readonly url: string | undefined
  readonly seen: readonly { readonly event: string; readonly message?: string }[]
  readonly pushed: number
  readonly tracks: readonly string[]
  readonly tickets: readonly string[]
  readonly closed: boolean
  readonly viewers: number
}

describe('an exception that nobody caught in the engine', () => {
  let receiver: HeadlessReceiver
  let program: Program
  let url: string
  beforeAll(async () => {
    receiver = await startHeadlessReceiver()
  })
  afterAll(() => receiver.kill())
  afterEach(async () => {
    program.process.kill('SIGKILL')
    await program.ended
  })

  const start = async (...parameters: string[]) => {
    program = startProgram('restart.mjs', parameters, [
      '--import',
      './test/integration/programs/engine-bomb.mjs',
    ])
    url = ((await program.first) as Told).url ?? ''
  }
  const tell = async (word: string): Promise<Told> => {
    const answer = once(program.process, 'message')
    program.process.send(word)
    return (await answer)[0] as Told
  }
  const count = (told: Told, event: string) => told.seen.filter((one) => one.event === event).length
  const watch = async (track: string) => {
    const request = {
      url: new URL(`whep/${track}`, url).href,
      count: 1,
      codec: 'vp8' as const,
      channel: true,
    }
    const [viewer] = await receiver.call('open', request)
    await until('frames', async () => (await receiver.call('stats'))[viewer!]!.frames > 3)
    return viewer!
  }

  it('costs the viewers a moment: the server opens again with all it had', async () => {
    await start()
    const before = await watch('still')
    const [used, unused] = (await tell('state')).tickets
    const redeem = async (ticket = '') =>
      (await fetch(new URL(`access${new URL(ticket).search}`, url), { redirect: 'manual' })).status
    expect(await redeem(used)).toBe(303)
    await tell('fail')
    // At once, while there is no engine: this track comes into the next one.
    await tell('add')
    await until('a restart', async () => count(await tell('state'), 'restart') === 1)
    const told = await tell('state')
    expect(told).toMatchObject({ url, closed: false, viewers: 0, tracks: ['still', 'live', 'more-2'] })
    expect(told.seen).toEqual([
      { event: 'error', message: 'the engine failed: nobody catches this' },
      { event: 'restart', message: 'the engine failed: nobody catches this' },
    ])
    const farewells = (await receiver.call('messages'))[before]!.filter((text) => text.includes('"bye"'))
    expect(farewells.map((text) => JSON.parse(text))).toMatchObject([{ retry: true }])

    expect([await redeem(used), await redeem(unused)]).toEqual([401, 303])

    // Its last image was pushed before, and nothing was pushed since.
    const after = await watch('still')
    const greeting = (await receiver.call('messages'))[after]!.find((text) => text.includes('"controls"'))
    expect(JSON.parse(greeting!).controls).toEqual([{ name: 'gain', min: 0, max: 9, value: 4 }])
    await watch('live')
    const { tracks } = (await (await fetch(new URL('tracks', url))).json()) as { tracks: { name: string }[] }
    expect(tracks.map(({ name }) => name)).toEqual(told.tracks)
    const sent = await fetch(new URL('tracks/live/image?width=2&height=2&format=gray8', url), {
      method: 'PUT',
      body: new Uint8Array(4),
    })
    expect(sent.status).toBe(204)
    const { pushed } = await tell('state')
    await until('the producer to go on', async () => (await tell('state')).pushed > pushed + 5)
  })

  it('too often is the end of the server', async () => {
    await start()
    for (let restarts = 1; restarts <= 5; restarts++) {
      await tell('fail')
      await until(`restart ${restarts}`, async () => count(await tell('state'), 'restart') === restarts)
    }
    await tell('fail')
    await until('the end', async () => count(await tell('state'), 'close') === 1)
    const told = await tell('state')
    expect(told.seen.findLast(({ event }) => event === 'error')?.message).toMatch(/given up after 5 restarts/)
    expect(told.closed).toBe(true)
    await expect(fetch(url)).rejects.toThrow()
  })

  it('is the end of it with restart: false', async () => {
    await start('never')
    await tell('fail')
    await until('the end', async () => count(await tell('state'), 'producer') === 1)
    expect((await tell('state')).seen.map(({ event }) => event)).toEqual(['error', 'close', 'producer'])
  })
})
