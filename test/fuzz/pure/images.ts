import { CliError } from '../../../src/cli/errors.js'
import { parseY4mHeader } from '../../../src/cli/input/stream/y4m-header.js'
import { ImageError } from '../../../src/common/errors.js'
import { readOrientation } from '../../../src/image/exif.js'
import { openImage } from '../../../src/image/index.js'
import { feed } from '../../../src/image/stream/byte-sink.js'
import { ImageSplitter } from '../../../src/image/stream/image-splitter.js'
import { boundaryOf, MultipartParser } from '../../../src/image/stream/multipart.js'
import { Chance } from '../chance.js'
import { imageBytes, prepareImages } from '../image-samples.js'
import type { PureTarget } from '../target.js'

const LIMIT = 1024 * 1024

function orRefused(run: () => void): boolean {
  try {
    run()
    return true
  } catch (error) {
    if (error instanceof ImageError || error instanceof CliError) return false
    throw error
  }
}

export const images: PureTarget = {
  name: 'images',
  about: 'headers of PNG, JPEG, WebP, Exif and Y4M; streams of images, multipart',
  count: 100_000,
  quick: 1_500,
  prepare: prepareImages,
  make: imageBytes,
  run(input) {
    const bytes = input as Uint8Array
    const taken = orRefused(() => {
      const { width, height, byteLength } = openImage(bytes)
      if (!(width >= 2 && height >= 2 && width <= 8192 && height <= 8192))
        throw new Error(`taken with ${width}×${height}`)
      if (byteLength !== bytes.byteLength) throw new Error('taken with another length')
    })
    readOrientation(bytes)
    orRefused(() => void parseY4mHeader(Buffer.from(bytes.subarray(0, 200)).toString('latin1')))
    // In pieces as the network would have them; where they end depends on the bytes alone.
    const chance = new Chance(bytes.length, bytes[bytes.length >> 1] ?? 0)
    const splitter = new ImageSplitter(() => undefined, LIMIT)
    const boundary = boundaryOf(Buffer.from(bytes.subarray(0, 80)).toString('latin1')) ?? 'frame'
    const parser = new MultipartParser(
      {
        boundary: chance.oneIn(2) ? boundary : undefined,
        maxBytes: LIMIT,
        ...(chance.oneIn(3) && { frameBytes: 300 }),
      },
      { onPart: (part) => void orRefused(() => void openImage(part.slice())), onRefused: () => {} },
    )
    let isOpen = true
    for (let at = 0; at < bytes.length; ) {
      const piece = bytes.subarray(at, at + 1 + chance.below(1 + bytes.length))
      at += piece.length
      void feed({ room: () => splitter.room(), wrote: (count) => splitter.wrote(count) }, piece)
      while (splitter.next()) {}
      if (isOpen) isOpen = parser.write(piece)
    }
    splitter.reset()
    parser.end()
    return taken
  },
}
