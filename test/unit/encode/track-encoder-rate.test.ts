import { afterEach, describe, expect, it } from 'vitest'
import {
  Converter,
  type EncodeTarget,
  type Picture,
  quietFfmpeg,
  TrackEncoder,
} from '../../../src/encode/index.js'
import { grainyTexture } from '../../support/images.js'

quietFfmpeg()
const open: { close(): void }[] = []
afterEach(() => {
  for (const thing of open.splice(0)) thing.close()
})

const [WIDTH, HEIGHT] = [320, 180]
const FPS = 30
/** Harder than any rate here can carry. */
const images = Array.from({ length: 12 }, (_, i) => grainyTexture(WIDTH, HEIGHT, i))
const target = (bitrate: number, available = bitrate): EncodeTarget => ({ bitrate, available })

async function setUp(codec: 'h264' | 'vp8') {
  const converter = new Converter()
  const encoder = new TrackEncoder(codec)
  open.push(converter, encoder)
  let now = 1_000
  let count = 0
  return {
    encoder,
    /** Encodes for so many seconds. @returns bit/s, the largest frame in bytes, and how many were keyframes */
    async run(seconds: number) {
      let bytes = 0
      let largest = 0
      let keyframes = 0
      for (let i = 0; i < seconds * FPS; i++) {
        const image = images[count++ % images.length]!
        const [picture] = (await converter.convert(image, [1])) as [Picture]
        now += 1000 / FPS
        const frame = await encoder.encode({ ...picture, captureTime: now }, now, 1000)
        converter.recycle(picture)
        bytes += frame?.data.length ?? 0
        largest = Math.max(largest, frame?.data.length ?? 0)
        if (frame?.keyframe) keyframes++
      }
      return { rate: (bytes * 8) / seconds, largest, keyframes }
    },
  }
}

describe('libx264', () => {
  it('follows its rate while it runs, without a keyframe', async () => {
    const { encoder, run } = await setUp('h264')
    encoder.setTarget(target(1_500_000))
    expect((await run(2)).keyframes).toBe(1)
    for (const rate of [300_000, 1_500_000, 600_000]) {
      encoder.setTarget(target(rate))
      await run(0.5)
      const { rate: measured, keyframes } = await run(2)
      expect(keyframes, `at ${rate}`).toBe(0)
      expect(measured, `at ${rate}`).toBeGreaterThan(0.7 * rate)
      expect(measured, `at ${rate}`).toBeLessThan(1.15 * rate)
    }
  })

  it('gives way at once: half a second after it is on its way at the new rate', async () => {
    const { encoder, run } = await setUp('h264')
    encoder.setTarget(target(2_000_000))
    await run(2)
    encoder.setTarget(target(200_000))
    expect((await run(0.5)).rate).toBeLessThan(2.5 * 200_000)
  })

  it('makes its first keyframe as large as what the network takes in a moment', async () => {
    const sizes: number[] = []
    for (const available of [300_000, 4_000_000]) {
      const { encoder, run } = await setUp('h264')
      encoder.setTarget(target(300_000, available))
      sizes.push((await run(1 / FPS)).largest)
    }
    // 120 ms of 300 kbit/s are 4,500 bytes.
    expect(sizes[0]).toBeLessThan(1.2 * 4_500)
    expect(sizes[1]).toBeGreaterThan(2 * sizes[0]!)
  })
})

describe('libvpx', () => {
  it('follows its rate by being opened anew, which begins with a keyframe', async () => {
    const { encoder, run } = await setUp('vp8')
    encoder.setTarget(target(1_500_000))
    await run(1)
    encoder.setTarget(target(300_000))
    const first = await run(0.1)
    expect(first.keyframes).toBe(1)
    const { rate, keyframes } = await run(2)
    expect(keyframes).toBe(0)
    expect(rate).toBeGreaterThan(0.6 * 300_000)
    expect(rate).toBeLessThan(1.3 * 300_000)
  })

  it('is left alone for a little', async () => {
    const { encoder, run } = await setUp('vp8')
    encoder.setTarget(target(1_000_000))
    await run(0.5)
    for (const rate of [1_100_000, 900_000, 1_050_000]) {
      encoder.setTarget(target(rate))
      expect((await run(0.2)).keyframes).toBe(0)
    }
  })

  it('counts that keyframe as one: who asks right after it waits, and is served with all others', async () => {
    const { encoder, run } = await setUp('vp8')
    encoder.setTarget(target(1_500_000))
    await run(1)
    encoder.setTarget(target(300_000))
    encoder.requestKeyframe()
    expect((await run(0.05)).keyframes).toBe(1)
    encoder.setTarget(target(100_000))
    expect((await run(0.05)).keyframes).toBe(1)
    encoder.requestKeyframe()
    expect((await run(0.2)).keyframes).toBe(0)
    expect((await run(0.3)).keyframes).toBe(1)
  })
})
