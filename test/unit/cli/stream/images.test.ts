import { beforeAll, describe, expect, it } from 'vitest'
import { EncodedSink } from '../../../../src/cli/input/stream/image-sink.js'
import { Pace } from '../../../../src/cli/input/stream/pace.js'
import { ImageError } from '../../../../src/common/errors.js'
import { sampleImages } from '../../image/stream/sample-images.js'
import { FakeClock, FakeTrack, feedInPieces } from './support.js'

const never = new AbortController().signal
let images: Buffer[] = []
beforeAll(async () => {
  images = await sampleImages()
})

describe('the images of a stream', () => {
  it('are pushed one by one, and what is between them is mentioned once', async () => {
    const track = new FakeTrack()
    const bad: unknown[] = []
    const pace = new Pace(undefined, new FakeClock(), never)
    const sink = new EncodedSink({ track, onBadImage: (error) => bad.push(error) }, pace)
    const between = Buffer.from('--next\r\n\r\n')
    await feedInPieces(sink, Buffer.concat(images.flatMap((image) => [between, image])), 1)
    expect(sink.end()).toEqual({ images: images.length, incomplete: 0 })
    expect(track.pushed.map(({ data }, i) => images[i]!.equals(data))).toEqual(images.map(() => true))
    expect(bad.map(String)).toEqual([expect.stringMatching(/10 bytes are not part of a JPEG, PNG or WebP/)])
  })

  it('may be refused without an end to the stream', async () => {
    const track = new FakeTrack()
    track.refuse = new ImageError({ field: 'width', expected: '2', actual: '1' })
    const bad: unknown[] = []
    const pace = new Pace(undefined, new FakeClock(), never)
    const sink = new EncodedSink({ track, onBadImage: (error) => bad.push(error) }, pace)
    await feedInPieces(sink, Buffer.concat(images), 1)
    expect(sink.end()).toEqual({ images: 0, incomplete: 0 })
    expect(bad).toHaveLength(images.length)
  })

  it('come at a rate when asked to, also those that were read at once', async () => {
    const clock = new FakeClock()
    const track = new FakeTrack()
    const times: number[] = []
    const sink = new EncodedSink(
      {
        track: {
          allocate: (options) => track.allocate(options),
          addImage: () => times.push(clock.time - 1_000_000) > 0,
        },
        onBadImage: () => undefined,
      },
      new Pace(10, clock, never),
    )
    const stream = Buffer.concat(images)
    sink.room().set(stream)
    await sink.wrote(stream.length)
    expect(times).toEqual([0, 100, 200, 300, 400, 500])
  })
})
