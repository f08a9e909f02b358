import { describe, expect, it } from 'vitest'
import { createApp } from '../../../../src/server/app.js'
import { listen } from '../../../../src/server/listen.js'
import { FakeEngine } from '../fake-engine.js'
import { bodyOf, SETTINGS, setUp, Tracks } from './support.js'

const FRAME = 64
const RAW = 'stream?width=8&height=8&format=gray8'
const frames = (count: number) => bodyOf(...Array.from({ length: count }, () => new Uint8Array(FRAME)))

/** What came, a second, as long as it took. */
async function rateOf(count: number, work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return count / ((performance.now() - start) / 1_000)
}

describe('a sender that is too fast', () => {
  it('is read more slowly, and loses nothing: bytes', async () => {
    const { send, tracks } = setUp({ maxBytesPerSecond: 20 * FRAME })
    // The first two come at once, and for the last one nobody waits.
    const rate = await rateOf(9, async () => {
      const { status, json } = await send('POST', `cam/${RAW}`, frames(12))
      expect([status, json.images]).toEqual([200, 12])
    })
    expect(rate).toBeLessThan(20)
    expect(tracks.all.get('cam')?.stats.pushed).toBe(12)
  })

  it('is read more slowly, and loses nothing: images, of all senders of a track', async () => {
    const { send, tracks } = setUp({ maxImagesPerSecond: 20 })
    tracks.add('other')
    const both = () => Promise.all([1, 2].map(() => send('POST', `cam/${RAW}`, frames(55))))
    // A hundred at once; of the rest, for the last of each nobody waits.
    expect(await rateOf(8, both)).toBeLessThan(20)
    expect(tracks.all.get('cam')?.stats.pushed).toBe(110)
    // Others are not held up.
    expect((await send('POST', `other/${RAW}`, frames(100))).status).toBe(200)
  })

  it('with single images is told to come again', async () => {
    const { send, tracks } = setUp({ maxImagesPerSecond: 1 })
    tracks.add('other')
    const put = (name: string) =>
      send('PUT', `${name}/image?width=8&height=8&format=gray8`, new Uint8Array(FRAME))
    const answers = [await put('cam'), await put('cam'), await put('cam'), await put('cam'), await put('cam')]
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204, 204, 204])
    const { status, headers, json } = await put('cam')
    expect([status, headers.get('retry-after')]).toEqual([429, '1'])
    expect(json.detail).toContain('ingest.maxImagesPerSecond')
    expect((await put('other')).status).toBe(204)
  })

  it('over a socket is held up as well, and hung up on no more than others', async () => {
    const tracks = new Tracks('cam')
    const app = createApp(new FakeEngine('cam'), {
      host: '127.0.0.1',
      ingest: { settings: { ...SETTINGS, maxBytesPerSecond: 100_000 }, gate: tracks },
    })
    const listening = await listen(app, { host: '127.0.0.1', port: 0 })
    try {
      const url = `http://127.0.0.1:${listening.port}/tracks/cam/stream?width=100&height=100&format=gray8`
      const rate = await rateOf(40_000, async () => {
        const response = await fetch(url, { method: 'POST', body: new Uint8Array(150_000) })
        expect(response.status).toBe(200)
        expect(await response.json()).toMatchObject({ images: 15 })
      })
      expect(rate).toBeLessThan(100_000)
    } finally {
      await listening.close()
    }
  })
})
