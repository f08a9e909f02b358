import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ImageTrack } from '../../../dist/index.js'
import { type HeadlessReceiver, startHeadlessReceiver } from '../../support/headless-receiver/index.js'
import { createLocalServer, type PixelcastServer, whepUrl } from '../../support/pixelcast.js'

describe('a track that is closed and added again under its name', () => {
  let receiver: HeadlessReceiver
  let server: PixelcastServer
  beforeAll(async () => {
    receiver = await startHeadlessReceiver()
    server = await createLocalServer()
  })
  afterAll(async () => {
    await receiver.kill()
    await server.close()
  })

  it('is another track: each hears of its own viewers only', async () => {
    const heard: string[] = []
    const add = (generation: number): ImageTrack => {
      const track = server.addTrack('again')
      track.on('viewer', ({ id }) => heard.push(`${generation}: ${id} came`))
      track.on('leave', ({ id }) => heard.push(`${generation}: ${id} left`))
      return track
    }
    const open = () =>
      receiver.call('open', { url: whepUrl(server, 'again').href, count: 1, codec: 'vp8' as const })
    const first = add(1)
    await open()
    const [one] = heard[0]!.match(/viewer-\d+/)!
    const closing = first.close()
    const second = add(2)
    await closing
    await expect.poll(() => heard).toEqual([`1: ${one} came`, `1: ${one} left`])
    await open()
    expect(heard).toHaveLength(3)
    expect(heard[2]).toMatch(/^2: .* came$/)
    await second.close()
    expect(heard).toHaveLength(4)
    expect(heard[3]).toMatch(/^2: .* left$/)
  })

  it('three hundred times over leaves nothing behind', async () => {
    const errors: Error[] = []
    server.on('error', (error) => errors.push(error))
    const data = new Uint8Array(64 * 64).fill(9)
    const waiting: Promise<void>[] = []
    for (let round = 0; round < 300; round++) {
      const track = server.addTrack('again')
      const image = { data, width: 64, height: 64, format: 'gray8' } as const
      track.addImage(image)
      // Some get in, the others learn that the track is closed.
      for (let i = 0; i < 3; i++) waiting.push(track.addImageAsync(image).catch(() => {}))
      void track.close()
    }
    await Promise.all(waiting)
    expect(server.tracks).toEqual([])
    const response = await fetch(new URL('tracks', server.url))
    expect(await response.json()).toEqual({ tracks: [] })
    expect(errors).toEqual([])
  })
})
