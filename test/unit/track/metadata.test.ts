import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ImageError, OptionError } from '../../../src/common/errors.js'
import { ImageConsumer, ImageTrack } from '../../../src/track/index.js'
import { MAX_METADATA_BYTES, serializeMetadata } from '../../../src/track/metadata.js'

function image(byte = 7) {
  return { data: new Uint8Array(4).fill(byte), width: 2, height: 2, format: 'gray8' } as const
}

/** The metadata of all images that wait, and the first byte of each. */
function drain(track: ImageTrack): [byte: number, metadata: unknown][] {
  const consumer = new ImageConsumer(track.handle)
  const drained: [number, unknown][] = []
  for (let taken = consumer.take(); taken; taken = consumer.take()) {
    drained.push([taken.data[0] as number, taken.metadata && JSON.parse(taken.metadata.json)])
    taken.release()
  }
  return drained
}

const cyclic: Record<string, unknown> = {}
cyclic.self = cyclic

describe('metadata of an image', () => {
  it('is any JSON value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const bytes = serializeMetadata({ metadata: value as object }) as Uint8Array
        expect(JSON.parse(Buffer.from(bytes).toString())).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  it('may be left out', () => {
    for (const options of [undefined, {}, { metadata: undefined }])
      expect(serializeMetadata(options)).toBeUndefined()
  })

  it.each([
    ['a cycle', cyclic, 'an object with {self} (Converting circular structure to JSON)'],
    ['a BigInt', { count: 1n }, 'an object with {count} (Do not know how to serialize a BigInt)'],
    ['a function', () => 1, 'a function'],
    ['a symbol', Symbol('s'), 'Symbol(s)'],
    ['a toJSON that gives nothing', { toJSON: () => undefined }, 'an object with {toJSON}'],
  ])('is not %s', (_, metadata, actual) => {
    const track = new ImageTrack('t')
    const add = () => track.addImage(image(), { metadata: metadata as object })
    expect(add).toThrow(ImageError)
    expect(add).toThrow(expect.objectContaining({ field: 'metadata', expected: 'a JSON value', actual }))
    expect(track.stats).toMatchObject({ pushed: 0, refused: 2 })
  })

  it('has an end: 64 KiB as UTF-8', () => {
    // Two bytes each, and the quotation marks.
    const longest = 'ü'.repeat(MAX_METADATA_BYTES / 2 - 1)
    expect(serializeMetadata({ metadata: longest })?.byteLength).toBe(MAX_METADATA_BYTES)
    for (const [metadata, actual] of [
      [`${longest}x`, '65,537'],
      ['x'.repeat(1_000_000), '1,000,002'],
    ] as const)
      expect(() => serializeMetadata({ metadata })).toThrow(
        `image.metadata: expected at most 65,536 bytes as JSON, got ${actual}`,
      )
  })

  it('is named as it should be', () => {
    expect(() => new ImageTrack('t').addImage(image(), { metdata: 1 } as object)).toThrow(OptionError)
    // As from `images.forEach(track.addImage, track)`.
    expect(() => new ImageTrack('t').addImage(image(), 3 as unknown as object)).toThrow(OptionError)
  })

  it('of asynchronous images is refused in the promise', async () => {
    const track = new ImageTrack('t')
    await expect(track.addImageAsync(image(), { metadata: cyclic })).rejects.toThrow(ImageError)
    await track.addImageAsync(image(), { metadata: 1 })
    expect(drain(track)).toEqual([[7, 1]])
  })
})

describe('an image in the queue', () => {
  it('has its own metadata, or none', () => {
    const track = new ImageTrack('t', { queueSize: 3 })
    track.addImage(image(1), { metadata: { objects: [{ label: 'Käfer 🐞', box: [1, 2, 3, 4] }] } })
    track.addImage(image(2))
    track.addImage(image(3), { metadata: null })
    expect(drain(track)).toEqual([
      [1, { objects: [{ label: 'Käfer 🐞', box: [1, 2, 3, 4] }] }],
      [2, undefined],
      [3, null],
    ])
  })

  it('takes its metadata with it when a newer one has its place', () => {
    const track = new ImageTrack('t')
    for (let number = 1; number < 40; number++)
      track.addImage(image(number), number % 3 ? { metadata: 'x'.repeat(number * 100) } : {})
    expect(drain(track)).toEqual([[39, undefined]])
    track.addImage(image(40), { metadata: 'short' })
    expect(drain(track)).toEqual([[40, 'short']])
  })

  it('is not changed by what the caller does with the object afterwards', async () => {
    const track = new ImageTrack('t', { overflow: 'drop-newest' })
    const metadata = { count: 1 }
    track.addImage(image(1), { metadata })
    const waiting = track.addImageAsync(image(2), { metadata: { ...metadata, count: 2 } })
    metadata.count = 99
    expect(drain(track)).toEqual([[1, { count: 1 }]])
    await waiting
    expect(drain(track)).toEqual([[2, { count: 2 }]])
  })

  it('may lie in the engine’s memory already', async () => {
    const track = new ImageTrack('t')
    const allocate = () => {
      const allocated = track.allocate({ width: 64, height: 64, format: 'rgba' })
      allocated.data.fill(5)
      return allocated
    }
    track.addImage(allocate(), { metadata: { big: 'y'.repeat(60_000) } })
    expect(drain(track)).toEqual([[5, { big: 'y'.repeat(60_000) }]])
    await track.addImageAsync(allocate(), { metadata: 'later' })
    expect(drain(track)).toEqual([[5, 'later']])
    // A refused one is still the caller's.
    const image = allocate()
    expect(() => track.addImage(image, { metadata: cyclic })).toThrow(ImageError)
    expect(track.addImage(image, { metadata: 'mended' })).toBe(true)
    expect(drain(track)).toEqual([[5, 'mended']])
  })

  it('comes from a worker’s end of the track in the same way', () => {
    const track = new ImageTrack('t')
    ImageTrack.from(structuredClone(track.handle)).addImage(image(9), { metadata: [1, 'two'] })
    expect(drain(track)).toEqual([[9, [1, 'two']]])
  })
})
