import { expect } from 'vitest'
import type { HeadlessReceiver } from '../headless-receiver/index.js'
import { until } from '../wait.js'

interface Track {
  readonly name: string
  readonly width?: number
  readonly height?: number
}

/** The tracks of a server, by name. Waits until each has an image. */
export function tracksWithImages(url: string): Promise<ReadonlyMap<string, Track>> {
  return until('an image in every track', async () => {
    const response = await fetch(new URL('tracks', url))
    expect(response.status).toBe(200)
    const { tracks } = (await response.json()) as { tracks: Track[] }
    return tracks.length > 0 && tracks.every(({ width }) => width) && new Map(tracks.map((t) => [t.name, t]))
  })
}

/** The track is there, its page too, WHEP answers an offer and a picture arrives; then the viewer leaves. */
export async function watchTrack(receiver: HeadlessReceiver, url: string, name: string): Promise<void> {
  expect([...(await tracksWithImages(url)).keys()]).toContain(name)
  const page = await fetch(new URL(`view/${name}`, url))
  expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('<pixelcast-view')])
  for (const codec of ['h264', 'vp8'] as const) {
    const [viewer = -1] = await receiver.call('open', {
      url: new URL(`whep/${name}`, url).href,
      count: 1,
      codec,
    })
    await until(`a picture of ${name} in ${codec}`, async () => {
      const stats = (await receiver.call('stats')).find((candidate) => candidate.viewer === viewer)
      return stats !== undefined && stats.frames > 0 && stats.keyframes > 0
    })
    await receiver.call('close', { viewers: [viewer], how: 'both' })
  }
}
