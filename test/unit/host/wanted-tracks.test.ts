import { describe, expect, it } from 'vitest'
import { WantedTracks } from '../../../src/host/wanted-tracks.js'

describe('tracks that senders want', () => {
  it('are asked for once, whoever wants them, and again when they are gone', async () => {
    const asked: string[] = []
    const wanted = new WantedTracks((name) => asked.push(name))
    const both = Promise.all([wanted.want('a'), wanted.want('a'), wanted.want('b')])
    wanted.settle('a')
    wanted.settle('b')
    await both
    expect(asked).toEqual(['a', 'b'])
    const again = wanted.want('a')
    wanted.settle('a', new Error('no'))
    await expect(again).rejects.toThrow('no')
    expect(asked).toEqual(['a', 'b', 'a'])
  })

  it('are given up when the application does not answer, and late answers do no harm', async () => {
    const wanted = new WantedTracks(() => {}, 20)
    await expect(wanted.want('a')).rejects.toMatchObject({
      status: 503,
      message: expect.stringContaining('too busy'),
    })
    wanted.settle('a')
  })

  it('are not to be had from a server that closes', async () => {
    const wanted = new WantedTracks(() => {})
    const waiting = wanted.want('a')
    wanted.close()
    await expect(waiting).rejects.toMatchObject({ status: 503 })
  })
})
