import { readFile } from 'node:fs/promises'
import { CODE_HEIGHT, psnr, type RgbaImage } from '../../test/support/images.js'
import { type Content, reel } from '../content.js'
import { HEIGHT, WIDTH } from './lab.js'

/** Looking for the image of the reel, one pixel of so many is compared. */
const SPARSE = 61

/**
 * PSNR (dB) of what a viewer saw against the image of the reel that it shows: the one that is most like
 * it. Without the rows into which the time is written.
 */
export async function quality(shown: RgbaImage, content: Content): Promise<number> {
  const { file, frames } = await reel(content, WIDTH, HEIGHT)
  const bytes = await readFile(file)
  const size = WIDTH * HEIGHT * 4
  const images = Array.from({ length: frames }, (_, i) =>
    belowCode({ ...shown, data: bytes.subarray(i * size, (i + 1) * size) }),
  )
  const seen = belowCode(shown)
  const best = images.reduce((a, b) => (difference(seen, a) <= difference(seen, b) ? a : b))
  return psnr(seen, best)
}

function belowCode({ data, width, height, format }: RgbaImage): RgbaImage {
  return { data: data.subarray(CODE_HEIGHT * width * 4), width, height: height - CODE_HEIGHT, format }
}

function difference(a: RgbaImage, b: RgbaImage): number {
  let sum = 0
  for (let i = 0; i < a.data.length; i += 4 * SPARSE)
    for (let c = 0; c < 3; c++) sum += (a.data[i + c]! - b.data[i + c]!) ** 2
  return sum
}
