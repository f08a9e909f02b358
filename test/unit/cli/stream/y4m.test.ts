import { describe, expect, it } from 'vitest'
import { frameBytes, parseY4mHeader } from '../../../../src/cli/input/stream/y4m-header.js'
import { Y4mSink } from '../../../../src/cli/input/stream/y4m-sink.js'
import { feed } from '../../../../src/image/stream/byte-sink.js'
import { y4m } from '../files.js'
import { FakeClock, FakeTrack, feedInPieces, noise } from './support.js'

const never = new AbortController().signal

function sinkFor(track: FakeTrack, clock = new FakeClock(), paced = false) {
  const rate = (own: number | undefined) => (paced ? own : undefined)
  return new Y4mSink(track, { clock, signal: never, rate })
}

/** A stream of noise, and its frames. */
function stream(header: string, bytes: number, frames: number, line = 'FRAME\n') {
  const payloads = Array.from({ length: frames }, (_, i) => noise(bytes, i + 1))
  const parts = payloads.flatMap((payload) => [Buffer.from(line), payload])
  return { bytes: Buffer.concat([Buffer.from(`${header}\n`), ...parts]), payloads: Buffer.concat(payloads) }
}

describe('the header of Y4M', () => {
  it('is read', () => {
    expect(
      parseY4mHeader('YUV4MPEG2 W641 H359 F30000:1001 Ip A4:3 C420mpeg2 XYSCSS=420MPEG2 XCOLORRANGE=FULL'),
    ).toMatchObject({
      width: 641,
      height: 359,
      fps: 30000 / 1001,
      pixelAspect: 4 / 3,
      fullRange: true,
      pixelFormat: 'yuv420p',
    })
    expect(parseY4mHeader('YUV4MPEG2 W2 H2')).toMatchObject({
      fps: undefined,
      pixelAspect: 1,
      fullRange: false,
      pixelFormat: 'yuv420p',
    })
    expect(parseY4mHeader('YUV4MPEG2 W2 H2 F0:0 A0:0')).toMatchObject({ fps: undefined, pixelAspect: 1 })
  })

  it.each([
    ['C420jpeg', 'yuv420p', 5 * 3 + 2 * 3 * 2],
    ['C420paldv', 'yuv420p', 5 * 3 + 2 * 3 * 2],
    ['C422', 'yuv422p', 5 * 3 + 2 * 3 * 3],
    ['C444', 'yuv444p', 3 * 5 * 3],
    ['C411', 'yuv411p', 5 * 3 + 2 * 2 * 3],
    ['Cmono', 'gray', 5 * 3],
    ['C420p10', 'yuv420p10le', 2 * (5 * 3 + 2 * 3 * 2)],
    ['C444p16', 'yuv444p16le', 2 * 3 * 5 * 3],
    ['Cmono10', 'gray10le', 2 * 5 * 3],
  ])('knows how %s lies in memory', (colour, pixelFormat, bytes) => {
    const header = parseY4mHeader(`YUV4MPEG2 W5 H3 ${colour}`)
    expect(header.pixelFormat).toBe(pixelFormat)
    expect(frameBytes(header)).toBe(bytes)
  })

  it.each([
    ['YUV4MPEG1 W2 H2', /YUV4MPEG2, got YUV4MPEG1/],
    ['YUV4MPEG2 H2', /W from 2 to 8192 pixels, got none/],
    ['YUV4MPEG2 W1 H2', /got W1$/],
    ['YUV4MPEG2 W2 H9000', /H from 2 to 8192 pixels, got H9000/],
    ['YUV4MPEG2 W2 Hx', /got Hx/],
    ['YUV4MPEG2 W2 H2 C444alpha', /got C444alpha/],
    ['YUV4MPEG2 W2 H2 C410', /C420, C422, C444, C411 or Cmono, got C410/],
  ])('is refused: %s', (line, message) => {
    expect(() => parseY4mHeader(line)).toThrow(message)
  })
})

describe('Y4M', () => {
  it('is cut into frames, whatever the pieces', async () => {
    const { bytes, payloads } = stream('YUV4MPEG2 W33 H21 F25:1 C420jpeg', 33 * 21 + 2 * 17 * 11, 9)
    for (let seed = 1; seed <= 20; seed++) {
      const track = new FakeTrack()
      const sink = sinkFor(track)
      await feedInPieces(sink, bytes, seed)
      expect(sink.end()).toEqual({ images: 9, incomplete: 0 })
      expect(track.pushed[0]).toMatchObject({ width: 33, height: 21, format: 'yuv420p' })
      expect(Buffer.concat(track.pushed.map(({ data }) => data)).equals(payloads)).toBe(true)
    }
  })

  it('may have parameters in the lines of frames', async () => {
    const { bytes, payloads } = stream('YUV4MPEG2 W4 H4 Cmono', 16, 3, 'FRAME Ip\n')
    const track = new FakeTrack()
    const sink = sinkFor(track)
    await feedInPieces(sink, bytes, 1)
    expect(track.pushed.map(({ format }) => format)).toEqual(['gray8', 'gray8', 'gray8'])
    expect(Buffer.concat(track.pushed.map(({ data }) => data)).equals(payloads)).toBe(true)
  })

  it('is converted when the engine does not read it as it is', async () => {
    const track = new FakeTrack()
    const sink = sinkFor(track)
    const red = Buffer.concat([Buffer.alloc(16, 81), Buffer.alloc(16, 90), Buffer.alloc(16, 240)])
    await feed(sink, Buffer.concat([Buffer.from('YUV4MPEG2 W4 H4 C444\nFRAME\n'), red]))
    await feed(sink, Buffer.from('FRAME\n123'))
    expect(sink.end()).toEqual({ images: 1, incomplete: 3 })
    expect(track.pushed).toHaveLength(1)
    const [image] = track.pushed
    expect(image).toMatchObject({ width: 4, height: 4, format: 'rgb24' })
    expect(image!.data[0]).toBeGreaterThan(250)
    expect(Math.max(image!.data[1]!, image!.data[2]!)).toBeLessThan(5)
  })

  it('gives pixels their shape', async () => {
    const track = new FakeTrack()
    const bytes = y4m({ width: 64, height: 48, fps: 25, frames: 1, colour: [81, 90, 240], aspect: '2:1' })
    await feed(sinkFor(track), bytes)
    expect(track.pushed[0]).toMatchObject({ width: 128, height: 48 })
  })

  it('keeps its own rate when asked to', async () => {
    const clock = new FakeClock()
    const { bytes } = stream('YUV4MPEG2 W4 H4 F25:1 Cmono', 16, 10)
    await feed(sinkFor(new FakeTrack(), clock, true), bytes)
    expect(clock.time).toBe(1_000_000 + 10 * 40)
  })

  it.each([
    ['no frame where one must be', 'YUV4MPEG2 W4 H4 Cmono\nFRAMES\n', /FRAME before frame 1, got "FRAMES/],
    ['pixels where a line must be', 'YUV4MPEG2 W4 H4 Cmono\n\u0001\u0002\u0003456', /expected FRAME/],
    ['a header without an end', `YUV4MPEG2 ${'X'.repeat(2000)}`, /end of a line within 1024 bytes/],
  ])('is refused with %s', async (_, text, message) => {
    await expect(async () => await feed(sinkFor(new FakeTrack()), Buffer.from(text))).rejects.toThrow(message)
  })
})
