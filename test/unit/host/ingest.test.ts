import { describe, expect, it } from 'vitest'
import { Ingest } from '../../../src/host/ingest.js'
import { checkServerOptions } from '../../../src/host/options.js'
import { Access } from '../../../src/server/access/access.js'
import { ImageTrack } from '../../../src/track/index.js'

/** The application's end of the ingest, with a listener for new tracks. */
function setUp(maxTracks: number, onTrack: (track: ImageTrack) => void = () => {}) {
  const tracks = new Map<string, ImageTrack>()
  const settings = checkServerOptions({ ingest: { createTracks: true, maxTracks } })
  const host = {
    get: (name: string) => tracks.get(name),
    add: (name: string) => {
      const track = new ImageTrack(name)
      tracks.set(name, track)
      track.on('close', () => tracks.delete(name))
      onTrack(track)
      return track
    },
    onError: (error: Error) => {
      throw error
    },
  }
  return new Ingest(settings, host, new Access())
}

describe('tracks that senders make', () => {
  it('are as many as there may be, and one more when one was closed', async () => {
    const ingest = setUp(2)
    const first = ingest.makeTrack('a')
    expect(ingest.makeTrack('a')).toBe(first)
    ingest.makeTrack('b')
    expect(() => ingest.makeTrack('c')).toThrow('senders may make 2 tracks')
    await first.close()
    expect(ingest.makeTrack('c').name).toBe('c')
  })

  it('do not count when the application closes them at once', () => {
    const ingest = setUp(1, (track) => {
      if (track.name !== 'wanted') void track.close()
    })
    for (let i = 0; i < 5; i++) expect(ingest.makeTrack(`unwanted${i}`).closed).toBe(true)
    expect(ingest.makeTrack('wanted').closed).toBe(false)
  })
})
