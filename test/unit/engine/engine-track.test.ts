import sharp from 'sharp'
import { afterEach, describe, expect, it } from 'vitest'
import { monotonicNow } from '../../../src/common/clock.js'
import { quietFfmpeg } from '../../../src/encode/index.js'
import { COALESCE_MS } from '../../../src/encode/keyframes.js'
import { EngineTrack } from '../../../src/engine/engine-track.js'
import type { Viewer } from '../../../src/engine/viewer.js'
import type { PacketizedFrame } from '../../../src/rtp/index.js'
import { ImageTrack } from '../../../src/track/index.js'
import { pause, until } from '../../support/wait.js'

quietFfmpeg()

const open: EngineTrack[] = []
afterEach(() => Promise.all(open.splice(0).map((track) => track.close())))

function setUp() {
  const track = new ImageTrack('t')
  const errors: Error[] = []
  const engineTrack = new EngineTrack('t', track.handle, track.settings, (error) => errors.push(error))
  open.push(engineTrack)
  return { track, engineTrack, errors }
}

/** A JPEG, and one that is whole by its structure but does not decode. */
async function jpegs() {
  const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const
  const good = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#000', noise } })
    .jpeg()
    .toBuffer()
  const broken = Buffer.concat([good.subarray(0, good.length / 2), Buffer.from([0xff, 0xd9])])
  return { good, broken }
}

let viewers = 0

/** Notes what it is sent. */
function fakeViewer(rate = 20e6) {
  const frames: PacketizedFrame[] = []
  const viewer = {
    codec: 'vp8',
    identity: { id: `viewer-${++viewers}` },
    setMaxRate: () => {},
    pace: () => {},
    backlog: 0,
    demand: () => ({ rate, capacity: rate, isKnown: true }),
    get waitsForKeyframe() {
      return frames.length === 0
    },
    sendFrame: (frame: PacketizedFrame) => frames.push(frame),
  } as unknown as Viewer
  return { viewer, frames }
}

/** Flat: one keyframe shows it perfectly, and nothing follows for two seconds. */
const flat = { data: new Uint8Array(64 * 64).fill(90), width: 64, height: 64, format: 'gray8' } as const

describe('EngineTrack', () => {
  it('gives who joins right after a keyframe that keyframe at once', async () => {
    const { track, engineTrack } = setUp()
    track.addImage(flat)
    const [first, second] = [fakeViewer(), fakeViewer()]
    engineTrack.addViewer(first.viewer)
    await until('a frame', () => first.frames.length > 0)
    engineTrack.addViewer(second.viewer)
    expect(second.frames[0]).toBe(first.frames[0])
  })

  it('gives who joins later no old frame, which the next one would follow by seconds', async () => {
    const { track, engineTrack } = setUp()
    track.addImage(flat)
    const [first, second] = [fakeViewer(), fakeViewer()]
    engineTrack.addViewer(first.viewer)
    await until('a frame', () => first.frames.length > 0)
    await pause(COALESCE_MS + 100)
    const last = first.frames.at(-1)!.captureTime
    const young = monotonicNow() - COALESCE_MS
    engineTrack.addViewer(second.viewer)
    await until('a frame', () => second.frames.length > 0)
    expect(second.frames[0]?.keyframe).toBe(true)
    // A keyframe that was being made as it joined (an encoder that was too slow is opened anew), or just before, will do.
    expect(second.frames[0]?.captureTime).toBeGreaterThan(Math.min(last, young))
  })

  it('takes no snapshot after it was closed', async () => {
    const { track, engineTrack } = setUp()
    track.addImage(flat)
    await until('the image', () => engineTrack.info().width !== undefined)
    expect(await engineTrack.snapshot('png')).toBeDefined()
    await engineTrack.close()
    expect(await engineTrack.snapshot('png')).toBeUndefined()
  })

  describe('when the last image does not decode and nobody watches', () => {
    /** Pushes images one after the other, each taken by the engine before the next comes. */
    async function push(track: ImageTrack, images: readonly (Buffer | typeof flat)[]) {
      for (const image of images) {
        track.addImage(image)
        await until('the image to be taken', () => track.stats.queued === 0)
      }
    }

    it('who joins sees the last one that does', async () => {
      const { track, engineTrack, errors } = setUp()
      const { good, broken } = await jpegs()
      await push(track, [good, broken, broken])
      expect(errors, 'nothing is decoded yet').toEqual([])
      const { viewer, frames } = fakeViewer()
      engineTrack.addViewer(viewer)
      await until('a picture', () => frames.length > 0)
      expect(frames[0]?.keyframe).toBe(true)
      expect(errors.map(({ message }) => message)).toEqual([
        expect.stringContaining('do not decode'),
        expect.stringContaining('do not decode'),
      ])
      expect(track.stats.dropped.undecodable).toBe(2)
      engineTrack.removeViewer(viewer)
    })

    it.each(['png', 'jpg'] as const)('a snapshot is of the last one that does: %s', async (format) => {
      const { track, engineTrack, errors } = setUp()
      const { good, broken } = await jpegs()
      await push(track, [flat, good, ...Array(5).fill(broken)])
      const [first, second] = await Promise.all([engineTrack.snapshot(format), engineTrack.snapshot(format)])
      const { data, info } = await sharp(first).greyscale().raw().toBuffer({ resolveWithObject: true })
      expect(info).toMatchObject({ width: 64, height: 64 })
      // five broken ones are more than are kept: the good one is older than they are, and flat
      expect(data.every((value) => Math.abs(value - 90) <= 1)).toBe(true)
      expect(second).toEqual(first)
      expect(errors.length).toBeGreaterThan(0)
      await push(track, [good])
      if (format === 'jpg') expect(await engineTrack.snapshot('jpg')).toEqual(new Uint8Array(good))
      await push(track, [broken])
      expect(await engineTrack.snapshot(format)).toBeDefined()
      expect(track.stats.dropped.undecodable).toBe(errors.length)
    })

    it('there is no snapshot when there never was a good one', async () => {
      const { track, engineTrack } = setUp()
      const { broken } = await jpegs()
      await push(track, [broken, broken, broken, broken])
      expect(await engineTrack.snapshot('jpg')).toBeUndefined()
      await push(track, [flat])
      expect(await engineTrack.snapshot('jpg')).toBeDefined()
    })

    it('what was waited for ends when the track is closed', async () => {
      const { track, engineTrack } = setUp()
      const { good } = await jpegs()
      await push(track, [good])
      const [snapshot] = await Promise.all([engineTrack.snapshot('png'), engineTrack.close()])
      expect([undefined, 'object']).toContain(snapshot && typeof snapshot)
    })

    it('no slot is lost', async () => {
      const { track, engineTrack } = setUp()
      const { good, broken } = await jpegs()
      const { viewer, frames } = fakeViewer()
      for (let round = 0; round < 5; round++) {
        await push(track, [good, broken, good, broken, broken, flat, broken])
        await engineTrack.snapshot('jpg')
        await push(track, [broken, good])
        engineTrack.addViewer(viewer)
        await push(track, [broken, good, broken])
        engineTrack.removeViewer(viewer)
      }
      await until('pictures', () => frames.length > 0)
      const held = Array.from({ length: 5 }, () => track.allocate({ width: 8, height: 8, format: 'gray8' }))
      for (let i = 0; i < 20; i++) await push(track, [i % 2 ? good : broken])
      for (const image of held) image.discard()
      expect(track.stats.dropped.full).toBe(0)
    })
  })
})
