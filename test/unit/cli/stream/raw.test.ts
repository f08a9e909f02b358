import { describe, expect, it } from 'vitest'
import { Pace } from '../../../../src/cli/input/stream/pace.js'
import { RawSink, refuseY4mAsRaw } from '../../../../src/cli/input/stream/raw-sink.js'
import { PIXEL_FORMATS } from '../../../../src/image/index.js'
import { feed } from '../../../../src/image/stream/byte-sink.js'
import { FakeClock, FakeTrack, feedInPieces, noise } from './support.js'

const never = new AbortController().signal
const atOnce = new Pace(undefined, new FakeClock(), never)
const LAYOUT = { width: 5, height: 3, format: 'bgr24' } as const
const BYTES = 5 * 3 * 3

describe('raw frames', () => {
  it.each(PIXEL_FORMATS)('pushes every frame of %s, with odd sizes, whatever the pieces', async (format) => {
    const layout = { width: 33, height: 21, format }
    const sizes = { bgr24: 3, rgb24: 3, bgra: 4, rgba: 4, gray8: 1 }
    const bytes = format in sizes ? 33 * 21 * sizes[format as 'rgba'] : 33 * 21 + 2 * 17 * 11
    const stream = noise(bytes * 7, 1)
    const track = new FakeTrack()
    const sink = new RawSink(track, layout, atOnce)
    await feedInPieces(sink, stream, 2)
    expect(sink.end()).toEqual({ images: 7, incomplete: 0 })
    expect(track.pushed.map(({ width, height }) => [width, height])).toEqual(Array(7).fill([33, 21]))
    expect(Buffer.concat(track.pushed.map(({ data }) => data)).equals(stream)).toBe(true)
    expect(track.held).toBe(0)
  })

  it('tells of an incomplete frame, and gives its memory back', async () => {
    const track = new FakeTrack()
    const sink = new RawSink(track, LAYOUT, atOnce)
    await feed(sink, noise(BYTES * 2 + 7, 3))
    expect(track.held).toBe(1)
    expect(sink.end()).toEqual({ images: 2, incomplete: 7 })
    expect(track.held).toBe(0)
  })

  it('goes on when the engine has no memory to write to', async () => {
    const track = new FakeTrack()
    const stream = noise(BYTES * 3, 4)
    const sink = new RawSink(track, LAYOUT, atOnce)
    track.isFull = true
    await feed(sink, stream.subarray(0, BYTES + 10))
    track.isFull = false
    await feed(sink, stream.subarray(BYTES + 10))
    expect(sink.end()).toEqual({ images: 3, incomplete: 0 })
    expect(Buffer.concat(track.pushed.map(({ data }) => data)).equals(stream)).toBe(true)
  })

  it('slows down to a rate when asked to', async () => {
    const clock = new FakeClock()
    const sink = new RawSink(new FakeTrack(), LAYOUT, new Pace(20, clock, never))
    await feed(sink, noise(BYTES * 11, 5))
    expect(clock.time).toBe(1_000_000 + 11 * 50)
  })

  it('refuses what says its size itself', () => {
    expect(() => refuseY4mAsRaw(Buffer.from('YUV4MPEG2 W6'))).toThrow(/Y4M, .*leave out --size/)
    expect(() => refuseY4mAsRaw(Buffer.from('YUV4MPEG'))).not.toThrow()
  })
})
