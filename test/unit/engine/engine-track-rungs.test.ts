import { setImmediate } from 'node:timers/promises'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { quietFfmpeg } from '../../../src/encode/index.js'
import { EngineTrack } from '../../../src/engine/engine-track.js'
import type { Viewer } from '../../../src/engine/viewer.js'
import type { PacketizedFrame } from '../../../src/rtp/index.js'
import { ImageTrack, type TrackOptions } from '../../../src/track/index.js'
import { grainyTexture, Reel } from '../../support/images.js'
import { every, until } from '../../support/wait.js'

quietFfmpeg()
// In real time, of which there may be little.
vi.setConfig({ testTimeout: 30_000 })

const WIDTH = 640
const HEIGHT = 360
const Mbit = 1_000_000
/** Hard to encode, so that what is learned of it changes little: 30 of them a second want 0.7 Mbit/s at this size. */
const reel = new Reel(WIDTH, HEIGHT, 8, grainyTexture)

const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

/** A track that gets 30 images a second. */
function setUp(options: TrackOptions = {}) {
  const track = new ImageTrack('t', options)
  const errors: Error[] = []
  const engineTrack = new EngineTrack('t', track.handle, track.settings, (error) => errors.push(error))
  open.push(() => engineTrack.close())
  open.push(every(30, (index) => track.addImage(reel.image(index))))
  open.push(() => expect(errors).toEqual([]))
  return { track, engineTrack, encoders: () => track.stats.encoders }
}

let viewers = 0

/** Takes what it is sent, like a browser: nothing before a keyframe. */
class FakeViewer {
  readonly frames: PacketizedFrame[] = []
  readonly identity = { id: `viewer-${++viewers}` }
  readonly maxRates = new Set<number>()
  rate: number
  capacity: number
  isKnown = true
  backlog = 0
  waitsForKeyframe = true
  only: 1 | 2 | 4 | undefined

  constructor(
    capacity: number,
    readonly codec: 'h264' | 'vp8' = 'h264',
  ) {
    this.rate = this.capacity = capacity
  }

  get viewer(): Viewer {
    return this as unknown as Viewer
  }

  /** Scales in the order in which it was sent them, without repetitions. */
  get scales(): number[] {
    return this.frames.map(({ scale }) => scale).filter((scale, i, all) => scale !== all[i - 1])
  }

  setMaxRate(rate: number): void {
    this.maxRates.add(rate)
  }

  pace(): void {}

  demand() {
    const { rate, capacity, isKnown } = this
    return { rate, capacity, isKnown }
  }

  sendFrame(frame: PacketizedFrame): void {
    this.waitsForKeyframe &&= !frame.keyframe
    this.frames.push(frame)
  }

  /** Waits for so many more frames, of a rung if one is given. */
  async sees(count: number, scale?: number): Promise<void> {
    const start = this.frames.length
    await until(`${count} frames of scale ${scale}`, () => {
      const more = this.frames.slice(start)
      return more.filter((frame) => scale === undefined || frame.scale === scale).length >= count
    })
  }
}

/** What a decoder needs: a keyframe first, and wherever the rung changes; and frames of one rung in their order. */
function expectDecodable({ frames }: FakeViewer): void {
  let last: PacketizedFrame | undefined
  for (const frame of frames) {
    if (last?.scale !== frame.scale) expect(frame.keyframe, `first frame of scale ${frame.scale}`).toBe(true)
    else if (!frame.keyframe) expect(frame.sequenceNumber).toBe(last.sequenceNumber + 1)
    last = frame
  }
}

const bitrate = (frames: readonly PacketizedFrame[]): number => {
  const time = frames.at(-1)!.captureTime - frames[0]!.captureTime
  return (frames.slice(1).reduce((sum, { byteLength }) => sum + byteLength, 0) * 8_000) / time
}

describe.each(['h264', 'vp8'] as const)('two unlike viewers of %s', (codec) => {
  it('watch two rungs from two encoders; when the slow one leaves, one is left', async () => {
    const { engineTrack, encoders } = setUp()
    const [fast, slow] = [new FakeViewer(20 * Mbit, codec), new FakeViewer(300_000, codec)]
    engineTrack.addViewer(fast.viewer)
    engineTrack.addViewer(slow.viewer)
    await Promise.all([fast.sees(15), slow.sees(15)])
    expect(encoders()).toBe(2)
    expect([fast.scales, slow.scales]).toEqual([[1], [2]])
    expect(slow.frames[0]).toMatchObject({ width: WIDTH, height: HEIGHT, keyframe: true })

    engineTrack.removeViewer(slow.viewer)
    const left = slow.frames.length
    expect(encoders()).toBe(1)
    await fast.sees(10)
    expect(slow.frames).toHaveLength(left)
    expect(fast.scales).toEqual([1])
    for (const viewer of [fast, slow]) expectDecodable(viewer)
    engineTrack.removeViewer(fast.viewer)
    expect(encoders()).toBe(0)
  })
})

describe('viewers', () => {
  it('of one rung alone get that one, each from one encoder with those who chose it', async () => {
    const { engineTrack, encoders } = setUp()
    const free = new FakeViewer(20 * Mbit)
    const bound = ([1, 2, 4] as const).map((only) => Object.assign(new FakeViewer(Mbit / only), { only }))
    for (const one of [free, ...bound]) engineTrack.addViewer(one.viewer)
    await Promise.all(bound.map((one) => one.sees(10, one.only)))
    expect(bound.map(({ scales }) => scales)).toEqual([[1], [2], [4]])
    expect(encoders()).toBe(3)
    expect([1, 2].map((scale) => engineTrack.slowestOn('h264', scale as 1 | 2))).toEqual([
      20 * Mbit,
      undefined,
    ])
    engineTrack.removeViewer(bound[2]!.viewer)
    expect(encoders()).toBe(2)
    for (const one of [free, ...bound]) expectDecodable(one)
  })

  it('that are alike share an encoder, at the rate of the slower', async () => {
    const { engineTrack, encoders } = setUp()
    const [a, b] = [new FakeViewer(1_300_000), new FakeViewer(900_000)]
    engineTrack.addViewer(a.viewer)
    engineTrack.addViewer(b.viewer)
    await a.sees(30)
    expect(encoders()).toBe(1)
    const start = a.frames.length
    await a.sees(45)
    expect(bitrate(a.frames.slice(start))).toBeLessThan(1.2 * 900_000)
    expect(a.frames.at(-1)).toBe(b.frames.at(-1))
  })

  it('of two codecs are two encoders, and do not slow each other down', async () => {
    const { engineTrack, encoders } = setUp()
    const [a, b] = [new FakeViewer(20 * Mbit, 'h264'), new FakeViewer(100_000, 'vp8')]
    engineTrack.addViewer(a.viewer)
    engineTrack.addViewer(b.viewer)
    await Promise.all([a.sees(10), b.sees(5)])
    expect(encoders()).toBe(2)
    expect(a.scales).toEqual([1])
    expect(a.frames.every((frame) => frame.codec === 'h264')).toBe(true)
    expect(b.frames.every((frame) => frame.codec === 'vp8')).toBe(true)
  })

  it('that have just come do not slow the others down, nor change their rung', async () => {
    const { engineTrack, encoders } = setUp()
    const old = new FakeViewer(20 * Mbit)
    engineTrack.addViewer(old.viewer)
    await old.sees(30)
    const before = bitrate(old.frames.slice(-20))
    const newcomer = new FakeViewer(500_000)
    newcomer.isKnown = false
    engineTrack.addViewer(newcomer.viewer)
    await newcomer.sees(45)
    expect(encoders()).toBe(1)
    expect(newcomer.scales).toEqual([1])
    // Without the keyframe that it came with.
    expect(bitrate(old.frames.slice(-25))).toBeGreaterThan(0.6 * before)

    // When it turns out to be slow it moves, and again nobody else notices.
    newcomer.isKnown = true
    await newcomer.sees(5, 2)
    expect(old.scales).toEqual([1])
    for (const viewer of [old, newcomer]) expectDecodable(viewer)
  })

  it('are told the most that they may be sent', async () => {
    const { engineTrack } = setUp({ maxBitrate: 3 * Mbit })
    const viewer = new FakeViewer(20 * Mbit)
    engineTrack.addViewer(viewer.viewer)
    await viewer.sees(10)
    expect([...viewer.maxRates]).toEqual([3 * Mbit])
  })
})

describe('a viewer whose network changes', () => {
  it('changes rung with a keyframe, and never gets a frame of the one before after it', async () => {
    const { engineTrack, encoders } = setUp()
    const [steady, moving] = [new FakeViewer(20 * Mbit), new FakeViewer(20 * Mbit)]
    engineTrack.addViewer(steady.viewer)
    engineTrack.addViewer(moving.viewer)
    await moving.sees(15)
    moving.rate = moving.capacity = 300_000
    await moving.sees(15, 2)
    moving.rate = moving.capacity = 60_000
    await moving.sees(5, 4)
    expect(moving.scales).toEqual([1, 2, 4])
    expect(steady.scales).toEqual([1])
    expect(encoders()).toBe(2)
    for (const viewer of [steady, moving]) expectDecodable(viewer)
    // The picture goes on meanwhile: what it misses is less than a third of a second.
    const gaps = moving.frames.slice(1).map((frame, i) => frame.captureTime - moving.frames[i]!.captureTime)
    expect(gaps.filter((gap) => gap > 1_000)).toEqual([])
  })

  it('stays where it is when it is fast again before the keyframe has come', async () => {
    const { engineTrack, encoders } = setUp()
    const viewer = new FakeViewer(20 * Mbit)
    engineTrack.addViewer(viewer.viewer)
    await viewer.sees(10)
    viewer.rate = 200_000
    engineTrack.planSoon()
    await viewer.sees(10)
    viewer.rate = 20 * Mbit
    await viewer.sees(10)
    // Only for a moment: the size follows what the network takes in the long run.
    expect(viewer.scales).toEqual([1])
    expect(encoders()).toBe(1)
  })

  it('leaves while it changes: neither rung is left running', async () => {
    const { engineTrack, encoders } = setUp()
    const viewer = new FakeViewer(20 * Mbit)
    engineTrack.addViewer(viewer.viewer)
    await viewer.sees(5)
    viewer.rate = viewer.capacity = 100_000
    engineTrack.planSoon()
    // It lasts a moment only: until the first keyframe.
    while (encoders() < 2) await setImmediate()
    engineTrack.removeViewer(viewer.viewer)
    expect(encoders()).toBe(0)
    const left = viewer.frames.length
    const other = new FakeViewer(20 * Mbit)
    engineTrack.addViewer(other.viewer)
    await other.sees(5)
    expect(viewer.frames).toHaveLength(left)
  })
})

describe('a track', () => {
  it('for detail keeps its size and shows fewer images', async () => {
    const { engineTrack } = setUp({ contentHint: 'detail' })
    const viewer = new FakeViewer(150_000)
    engineTrack.addViewer(viewer.viewer)
    await viewer.sees(40)
    expect(viewer.scales).toEqual([1])
    const frames = viewer.frames.slice(-10)
    const fps = ((frames.length - 1) * 1000) / (frames.at(-1)!.captureTime - frames[0]!.captureTime)
    expect(fps).toBeLessThan(20)
  })

  it('encodes nothing for viewers who still have to send what they have', async () => {
    const { engineTrack } = setUp()
    const [a, b] = [new FakeViewer(20 * Mbit), new FakeViewer(20 * Mbit)]
    for (const { viewer } of [a, b]) engineTrack.addViewer(viewer)
    await a.sees(5)
    a.backlog = b.backlog = 500
    const before = a.frames.length
    await new Promise((resolve) => setTimeout(resolve, 400))
    expect(a.frames.length - before).toBeLessThanOrEqual(2)
    // One of them is free: the other must not hold it up.
    b.backlog = 0
    await b.sees(10)
  })
})
