import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { ImageSplitter } from '../../../../src/image/stream/image-splitter.js'
import { noise } from '../../cli/stream/support.js'
import { sampleImages } from './sample-images.js'

let images: Buffer[] = []
beforeAll(async () => {
  images = await sampleImages()
})

/** Cuts a stream, given in pieces. */
function split(
  bytes: Uint8Array,
  pieces: readonly number[] = [],
): { found: Buffer[]; junk: number; rest: number } {
  const found: Buffer[] = []
  let junk = 0
  const splitter = new ImageSplitter((count) => {
    junk += count
  })
  let at = 0
  for (let i = 0; at < bytes.length; i++) {
    const piece = bytes.subarray(at, at + (pieces[i] ?? 65_536))
    splitter.room().set(piece)
    splitter.wrote(piece.length)
    for (let image = splitter.next(); image; image = splitter.next()) found.push(Buffer.from(image))
    at += piece.length
  }
  const rest = splitter.reset()
  return { found, junk, rest }
}

describe('a stream of images', () => {
  it('is cut at the ends of JPEG, PNG and WebP, whatever the pieces', () => {
    const stream = Buffer.concat([...images, ...images])
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 3000 }), { maxLength: 200 }), (pieces) => {
        const { found, junk, rest } = split(stream, pieces)
        expect(found).toHaveLength(images.length * 2)
        expect(Buffer.concat(found).equals(stream)).toBe(true)
        expect([junk, rest]).toEqual([0, 0])
      }),
      { numRuns: 50, seed: 1 },
    )
  })

  it('may have something between the images', () => {
    const frame = (image: Buffer) =>
      Buffer.concat([
        Buffer.from(`--b\r\nContent-Length: ${image.length}\r\n\r\n`),
        image,
        Buffer.from('\r\n'),
      ])
    const { found, rest } = split(Buffer.concat(images.map(frame)), [1, 2, 3, 5, 8, 13, 21, 34, 55])
    expect(found.map((image, i) => image.equals(images[i]!))).toEqual(images.map(() => true))
    expect(rest).toBe(0)
  })

  it('goes on after an image that is cut off', () => {
    const [jpeg, png, webp] = images as [Buffer, Buffer, Buffer]
    const cut = jpeg.subarray(0, jpeg.length - 100)
    const { found, junk } = split(Buffer.concat([cut, jpeg, png, webp]))
    expect(found.map((image) => image.equals(jpeg))).toEqual([true, false, false])
    expect(junk).toBe(cut.length)
  })

  it('tells how much of the last image is missing', () => {
    for (const image of images) {
      const { found, rest } = split(image.subarray(0, image.length - 1))
      expect([found.length, rest]).toEqual([0, image.length - 1])
    }
  })

  it('finds its way through noise, in bounded memory', () => {
    const stream = Buffer.concat([noise(200_000, 7), images[0]!, noise(100_000, 8), images[1]!])
    const { found } = split(stream)
    expect(found.some((image) => image.equals(images[1]!))).toBe(true)
  })

  it('is not taken in by lengths that cannot be', () => {
    const hugeWebp = Buffer.from(images[2]!)
    hugeWebp.writeUInt32LE(0xfffffff0, 4)
    const hugePng = Buffer.from(images[1]!)
    hugePng.writeUInt32BE(0x7ffffff0, 8)
    for (const bad of [hugeWebp, hugePng]) {
      const { found } = split(Buffer.concat([bad, images[0]!]))
      expect(found.at(-1)!.equals(images[0]!)).toBe(true)
    }
  })
})
