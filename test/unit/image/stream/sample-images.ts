import sharp from 'sharp'
import { noise } from '../../cli/stream/support.js'

/** 48×40 pixels in every encoding that a stream may have: JPEG (also progressive, and with a thumbnail), PNG, WebP. */
export async function sampleImages(): Promise<Buffer[]> {
  const make = (seed: number) =>
    sharp(noise(48 * 40 * 3, seed), { raw: { width: 48, height: 40, channels: 3 } })
  const thumbnail = await make(9).resize(16, 16).jpeg().toBuffer()
  return Promise.all([
    make(1).jpeg().toBuffer(),
    make(2).png().toBuffer(),
    make(3).webp().toBuffer(),
    make(4).webp({ lossless: true }).toBuffer(),
    make(5).jpeg({ progressive: true, quality: 100 }).toBuffer(),
    // a whole JPEG inside a JPEG, as cameras put one into Exif
    make(6)
      .jpeg()
      .toBuffer()
      .then((jpeg) => {
        const segment = Buffer.from([0xff, 0xe1, 0, 0])
        segment.writeUInt16BE(thumbnail.length + 2, 2)
        return Buffer.concat([jpeg.subarray(0, 2), segment, thumbnail, jpeg.subarray(2)])
      }),
  ])
}
