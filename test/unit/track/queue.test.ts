import { describe, expect, it } from 'vitest'
import { EngineError, ImageError } from '../../../src/common/errors.js'
import { AllocatedImage, ImageConsumer, ImageTrack, TrackControl } from '../../../src/track/index.js'

/** A 2×2 gray image that carries a number. */
function numbered(number: number) {
  return {
    data: new Uint8Array([number, number, number, number]),
    width: 2,
    height: 2,
    format: 'gray8',
  } as const
}

function consumerOf(track: ImageTrack): ImageConsumer {
  return new ImageConsumer(track.handle)
}

/** Takes everything that waits; the numbers in order. */
function drain(consumer: ImageConsumer): number[] {
  const numbers: number[] = []
  for (let image = consumer.take(); image; image = consumer.take()) {
    numbers.push(image.data[0] as number)
    image.release()
  }
  return numbers
}

describe('the queue of a track', () => {
  it('is one deep by default, and the newest wins', () => {
    const track = new ImageTrack('t')
    for (const number of [1, 2, 3]) expect(track.addImage(numbered(number))).toBe(true)
    expect(drain(consumerOf(track))).toEqual([3])
    expect(track.stats).toMatchObject({ pushed: 3, dropped: { superseded: 2, full: 0 }, queued: 0 })
  })

  it('with drop-newest keeps the first images in order and refuses the rest', () => {
    const track = new ImageTrack('t', { queueSize: 10, overflow: 'drop-newest' })
    const taken = Array.from({ length: 13 }, (_, index) => track.addImage(numbered(index)))
    expect(taken).toEqual([...Array(10).fill(true), false, false, false])
    expect(drain(consumerOf(track))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(track.stats).toMatchObject({ pushed: 10, dropped: { superseded: 0, full: 3 } })
  })

  it('with drop-oldest and a longer queue keeps the last images in order', () => {
    const track = new ImageTrack('t', { queueSize: 3 })
    for (let number = 0; number < 20; number++) track.addImage(numbered(number))
    expect(drain(consumerOf(track))).toEqual([17, 18, 19])
  })

  it('copies the image: the caller may reuse its buffer at once', () => {
    const track = new ImageTrack('t')
    const image = numbered(7)
    track.addImage(image)
    image.data.fill(99)
    expect(drain(consumerOf(track))).toEqual([7])
  })

  it('goes on while the engine keeps an image and converts another', () => {
    const track = new ImageTrack('t')
    const consumer = consumerOf(track)
    track.addImage(numbered(1))
    const kept = consumer.take()
    track.addImage(numbered(2))
    const converting = consumer.take()
    for (let number = 3; number < 100; number++) expect(track.addImage(numbered(number))).toBe(true)
    expect([kept?.data[0], converting?.data[0]]).toEqual([1, 2])
    expect(drain(consumer)).toEqual([99])
  })

  it('stamps images when they are pushed, or as they say', () => {
    const track = new ImageTrack('t', { queueSize: 2 })
    const consumer = consumerOf(track)
    const wall = performance.timeOrigin + performance.now()
    track.addImage({ ...numbered(1), timestamp: wall - 500 })
    track.addImage(numbered(2))
    const [first, second] = [consumer.take(), consumer.take()]
    const apart = (second?.captureTime ?? 0) - (first?.captureTime ?? 0)
    expect(apart).toBeGreaterThan(499)
    expect(apart).toBeLessThan(700)
    expect(() => track.addImage({ ...numbered(3), timestamp: 5 })).toThrow(
      /image\.timestamp: expected milliseconds since the Unix epoch, at most 10 s from now, got 5/,
    )
  })

  it('takes a size change in its stride', () => {
    const track = new ImageTrack('t')
    const consumer = consumerOf(track)
    for (const [width, height] of [
      [2, 2],
      [640, 480],
      [3, 5],
      [1920, 1080],
    ] as const) {
      const data = new Uint8Array(width * height).fill(width % 256)
      track.addImage({ data, width, height, format: 'gray8' })
      const image = consumer.take()
      expect(image).toMatchObject({ width, height, byteLength: data.length })
      expect(image?.data.every((value) => value === width % 256)).toBe(true)
      image?.release()
    }
  })

  it('refuses what is not an image and goes on', () => {
    const track = new ImageTrack('t')
    expect(() => track.addImage({ ...numbered(1), width: 3 })).toThrow(ImageError)
    expect(() => track.addImage(null as never)).toThrow(ImageError)
    expect(track.addImage(numbered(2))).toBe(true)
    expect(drain(consumerOf(track))).toEqual([2])
    expect(track.stats.refused).toBe(2)
  })
})

describe('addImageAsync', () => {
  it('waits for room, in order, and never replaces a waiting image', async () => {
    const track = new ImageTrack('t')
    const consumer = consumerOf(track)
    const done: number[] = []
    const pushes = [1, 2, 3].map((number) =>
      track.addImageAsync(numbered(number)).then(() => done.push(number)),
    )
    await pushes[0]
    expect(done).toEqual([1])
    const seen: number[] = []
    while (seen.length < 3) {
      await new Promise((resolve) => setImmediate(resolve))
      seen.push(...drain(consumer))
    }
    await Promise.all(pushes)
    expect(seen).toEqual([1, 2, 3])
    expect(done).toEqual([1, 2, 3])
  })

  it('rejects when the track is closed, also while it waits', async () => {
    const track = new ImageTrack('t')
    await track.addImageAsync(numbered(1))
    const waiting = track.addImageAsync(numbered(2))
    await track.close()
    await expect(waiting).rejects.toThrow(EngineError)
    await expect(track.addImageAsync(numbered(3))).rejects.toThrow('track "t" is closed')
    expect(track.addImage(numbered(4))).toBe(false)
  })

  it('rejects what is not an image and serves the next call', async () => {
    const track = new ImageTrack('t')
    await expect(track.addImageAsync({ width: 1 } as never)).rejects.toThrow(ImageError)
    await track.addImageAsync(numbered(5))
    expect(drain(consumerOf(track))).toEqual([5])
  })
})

describe('allocate', () => {
  it('gives memory that goes to the engine without a copy', () => {
    const track = new ImageTrack('t')
    const image = track.allocate({ width: 4, height: 2, format: 'rgba' })
    expect(image).toBeInstanceOf(AllocatedImage)
    expect(image.data.length).toBe(32)
    image.data.fill(42)
    expect(track.addImage(image)).toBe(true)
    const taken = consumerOf(track).take()
    expect(taken?.data.buffer).toBe(image.data.buffer)
    expect(taken).toMatchObject({ width: 4, height: 2, format: 'rgba', byteLength: 32 })
  })

  it('takes each image once, and only on its own track', () => {
    const [track, other] = [new ImageTrack('a'), new ImageTrack('b')]
    const image = track.allocate({ width: 2, height: 2, format: 'gray8' })
    expect(() => other.addImage(image)).toThrow(/expected an image allocated by this track/)
    track.addImage(image)
    expect(() => track.addImage(image)).toThrow(/expected an allocated image that was not used yet/)
  })

  it('says when too many are held, and takes discarded ones back', () => {
    const track = new ImageTrack('t')
    const held: AllocatedImage[] = []
    expect(() => {
      for (;;) held.push(track.allocate({ width: 2, height: 2, format: 'gray8' }))
    }).toThrow(/every slot is held/)
    expect(held.length).toBeGreaterThanOrEqual(5)
    held[0]?.discard()
    track.allocate({ width: 2, height: 2, format: 'gray8' }).discard()
  })

  it.each([
    [{ width: 1, height: 2, format: 'rgba' }, 'width'],
    [{ width: 2, height: Number.NaN, format: 'rgba' }, 'height'],
    [{ width: 2, height: 2, format: 'rgb' }, 'format'],
    [undefined, ''],
    [null, ''],
  ])('refuses %j', (options, field) => {
    const track = new ImageTrack('t')
    expect(() => track.allocate(options as never)).toThrow(expect.objectContaining({ field }))
  })
})

describe('a handle', () => {
  it('pushes to the same queue, and closes with the track', async () => {
    const track = new ImageTrack('t', { queueSize: 4 })
    const producer = ImageTrack.from(structuredClone(track.handle))
    track.addImage(numbered(1))
    producer.addImage(numbered(2))
    track.addImage(numbered(3))
    expect(drain(consumerOf(track))).toEqual([1, 2, 3])
    expect(producer.stats.pushed).toBe(3)
    await track.close()
    expect(producer.addImage(numbered(4))).toBe(false)
  })

  it('says so when it is not one', () => {
    expect(() => ImageTrack.from({} as never)).toThrow(/handle: expected a track's `handle`/)
    expect(() => ImageTrack.from(undefined as never)).toThrow(/handle: expected/)
    const posted = JSON.parse(JSON.stringify(new ImageTrack('t').handle))
    expect(() => ImageTrack.from(posted)).toThrow(/handle: expected/)
  })
})

describe('the shared memory', () => {
  it('is recognised', () => {
    const { threads } = new ImageTrack('t').handle
    const memory = { control: new SharedArrayBuffer(4096), slots: [], threads }
    expect(() => new TrackControl(memory)).toThrow(/not the memory/)
  })
})
