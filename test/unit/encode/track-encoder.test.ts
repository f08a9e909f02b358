import { afterEach, describe, expect, it } from 'vitest'
import { Converter, type Picture, quietFfmpeg, TrackEncoder } from '../../../src/encode/index.js'
import type { SourceImage } from '../../../src/encode/source-reader.js'

function pattern(width: number, height: number, seed = 1): SourceImage {
  const data = new Uint8Array(width * height * 3)
  let state = seed
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      state = (state * 1103515245 + 12345) & 0x7fffffff
      const noise = (state >> 16) % 9
      const at = (y * width + x) * 3
      data[at] = Math.max(0, Math.min(255, 128 + 90 * Math.sin(x / 19) + noise))
      data[at + 1] = Math.max(0, Math.min(255, 128 + 90 * Math.cos(y / 23) + noise))
      data[at + 2] = ((x >> 4) ^ (y >> 4)) & 1 ? 200 : 60
    }
  }
  return { format: 'rgb24', width, height, data }
}

quietFfmpeg()

const open: { close(): void }[] = []
afterEach(() => {
  for (const thing of open.splice(0)) thing.close()
})

async function convert(converter: Converter, image: SourceImage): Promise<Picture> {
  return (await converter.convert(image, [1]))[0]!
}

function setUp(codec: 'h264' | 'vp8') {
  const converter = new Converter()
  const encoder = new TrackEncoder(codec)
  open.push(converter, encoder)
  return { converter, encoder }
}

describe.each(['h264', 'vp8'] as const)('TrackEncoder %s', (codec) => {
  it('starts with a keyframe, goes on without, and makes one on request, coalesced', async () => {
    const { converter, encoder } = setUp(codec)
    const keyframes: boolean[] = []
    let now = 1000
    for (let frame = 0; frame < 40; frame++) {
      const picture = await convert(converter, pattern(320, 240, frame + 1))
      if (frame === 20 || frame === 21 || frame === 22) encoder.requestKeyframe()
      const encoded = await encoder.encode({ ...picture, captureTime: now }, now)
      keyframes.push(encoded?.keyframe ?? false)
      converter.recycle(picture)
      now += 33
    }
    const at = keyframes.flatMap((keyframe, index) => (keyframe ? [index] : []))
    // Frame 20 at once; 21 and 22 together, 300 ms (10 frames) after it.
    expect(at).toEqual([0, 20, 30])
  })

  it('refines a still picture until it is good, then only repeats it now and then', async () => {
    const { converter, encoder } = setUp(codec)
    const picture = { ...(await convert(converter, pattern(640, 360))), captureTime: 0 }
    let now = 0
    const sizes: number[] = []
    await encoder.encode(picture, now)
    while (!encoder.isIdle && sizes.length < 200) {
      now = encoder.dueAt(now)
      sizes.push((await encoder.encode(picture, now))?.data.length ?? 0)
    }
    expect(encoder.isIdle).toBe(true)
    expect(sizes.length).toBeLessThanOrEqual(150)
    const done = now
    now = encoder.dueAt(now)
    expect(now - done).toBe(2000)
    let bytes = 0
    for (let repetition = 0; repetition < 10; repetition++) {
      const repeated = await encoder.encode(picture, now)
      expect(repeated?.keyframe).toBe(false)
      bytes += repeated?.data.length ?? 0
      now = encoder.dueAt(now)
    }
    // 20 s of it, of a noisy picture: less than 32 kbit/s.
    expect(bytes).toBeLessThan(80_000)
  })

  it.each([
    [2, 2],
    [33, 17],
    [641, 479],
    [16, 4097],
    [8192, 16],
  ])('encodes %i×%i', async (width, height) => {
    const { converter, encoder } = setUp(codec)
    const picture = await convert(converter, pattern(width, height))
    const encoded = await encoder.encode({ ...picture, captureTime: 5 }, 5)
    expect(encoded).toMatchObject({ keyframe: true, width, height, codec })
    expect(encoded?.data.length).toBeGreaterThan(10)
  })

  it('answers a change of size with a keyframe', async () => {
    const { converter, encoder } = setUp(codec)
    for (const [index, [width, height]] of (
      [
        [320, 240],
        [322, 241],
        [64, 64],
      ] as const
    ).entries()) {
      const picture = await convert(converter, pattern(width, height))
      const encoded = await encoder.encode({ ...picture, captureTime: 5 + index }, 5 + index)
      expect(encoded).toMatchObject({ keyframe: true, width, height })
    }
  })

  it('leaves no picture out for its stamp, and none for long after one of the future', async () => {
    const { converter, encoder } = setUp(codec)
    const picture = await convert(converter, pattern(64, 64))
    await encoder.encode({ ...picture, captureTime: 1000 }, 1000)
    expect(encoder.wants(900)).toBe(true)
    encoder.setTarget({ bitrate: 1_000_000, available: 1_000_000, maxFps: 10 })
    await encoder.encode({ ...picture, captureTime: 11_000 }, 1100)
    expect(encoder.wants(1120)).toBe(false)
    expect(encoder.wants(1200)).toBe(true)
  })

  it('never lets time stand still or go back', async () => {
    const { converter, encoder } = setUp(codec)
    const picture = await convert(converter, pattern(64, 64))
    const times: number[] = []
    for (const captureTime of [100, 100, 99, 101]) {
      times.push((await encoder.encode({ ...picture, captureTime }, 200))?.captureTime ?? 0)
    }
    expect(times.map((time) => Math.round(time * 90))).toEqual([9000, 9001, 9002, 9090])
  })
})
