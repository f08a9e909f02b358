import { ImageError } from '../../../src/common/errors.js'
import { Converter, quietFfmpeg } from '../../../src/encode/index.js'
import { openImage } from '../../../src/image/index.js'
import type { TakenImage } from '../../../src/track/index.js'
import { imageBytes, prepareImages } from '../image-samples.js'
import type { PureTarget } from '../target.js'

const converter = new Converter()

/** What the header check lets through goes to FFmpeg's decoders, in the process. */
export const decode: PureTarget = {
  name: 'decode',
  about: 'PNG, JPEG and WebP: decoded by FFmpeg and converted',
  count: 20_000,
  quick: 300,
  async prepare() {
    quietFfmpeg()
    await prepareImages()
  },
  make: imageBytes,
  async run(input) {
    try {
      const { width, height, byteLength, format, alignment, copyTo } = bound(openImage(input as Uint8Array))
      const memory = new Uint8Array(new SharedArrayBuffer(byteLength + 16 + 256))
      const data = memory.subarray(alignment, alignment + byteLength)
      copyTo(data)
      const image: TakenImage = {
        ...{ width, height, byteLength, format, data },
        ...{ offset: alignment, captureTime: 0, metadataLength: 0, waited: 0, metadata: undefined },
        release: () => {},
        putBack: () => {},
      }
      for (const picture of await converter.convert(image, [1, 2])) converter.recycle(picture)
      return true
    } catch (error) {
      if (error instanceof ImageError) return false
      throw error
    }
  },
}

function bound(source: ReturnType<typeof openImage>) {
  const { width, height, byteLength, format, alignment } = source
  return { width, height, byteLength, format, alignment, copyTo: source.copyTo.bind(source) }
}
