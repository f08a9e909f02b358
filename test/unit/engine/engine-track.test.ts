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
  const engineTrack = new EngineTrack('t', track.handle, track.settings, (error) => {
    throw error
  })
  open.push(engineTrack)
  return { track, engineTrack }
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
    const joined = monotonicNow()
    engineTrack.addViewer(second.viewer)
    await until('a frame', () => second.frames.length > 0)
    expect(second.frames[0]?.keyframe).toBe(true)
    // A keyframe that was being made as it joined (an encoder that was too slow is opened anew) is young enough.
    expect(second.frames[0]?.captureTime).toBeGreaterThan(joined - COALESCE_MS)
  })

  it('takes no snapshot after it was closed', async () => {
    const { track, engineTrack } = setUp()
    track.addImage(flat)
    await until('the image', () => engineTrack.info().width !== undefined)
    expect(await engineTrack.snapshot('png')).toBeDefined()
    await engineTrack.close()
    expect(await engineTrack.snapshot('png')).toBeUndefined()
  })
})
