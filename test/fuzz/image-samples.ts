import sharp from 'sharp'
import { fields } from '../support/odd-images.js'
import type { Chance } from './chance.js'
import { mutateBytes } from './mutate.js'

let samples: Uint8Array[] = []

/** Images of every kind that is taken, one of a kind that is not, and streams of them. */
export async function prepareImages(): Promise<void> {
  if (samples.length > 0) return
  const [opaque, clear] = [fields(3), fields(4)]
  const single = await Promise.all([
    opaque.clone().jpeg().toBuffer(),
    opaque.clone().jpeg({ progressive: true }).withMetadata({ orientation: 6 }).toBuffer(),
    opaque.clone().greyscale().jpeg({ chromaSubsampling: '4:4:4' }).toBuffer(),
    opaque.clone().png().withMetadata({ orientation: 3 }).toBuffer(),
    clear.clone().png({ progressive: true }).toBuffer(),
    clear.clone().png({ palette: true }).toBuffer(),
    opaque.clone().webp().withMetadata({ orientation: 8 }).toBuffer(),
    clear.clone().webp({ lossless: true }).toBuffer(),
    clear.clone().webp({ quality: 20 }).toBuffer(),
    opaque.clone().avif({ effort: 0 }).toBuffer(),
    sharp({ create: { width: 1, height: 1, channels: 3, background: 'red' } })
      .gif()
      .toBuffer(),
  ])
  const y4m = Buffer.from('YUV4MPEG2 W4 H2 F30:1 Ip A1:1 C420mpeg2 XCOLORRANGE=FULL\nFRAME\n............')
  const part = (bytes: Uint8Array, length: boolean) =>
    Buffer.concat([
      Buffer.from(
        `--frame\r\nContent-Type: image/jpeg\r\n${length ? `Content-Length: ${bytes.length}\r\n` : ''}\r\n`,
      ),
      bytes,
      Buffer.from('\r\n'),
    ])
  const multipart = [true, false].map((length) =>
    Buffer.concat([...single.slice(0, 4).map((one) => part(one, length)), Buffer.from('--frame--\r\n')]),
  )
  samples = [...single, y4m, Buffer.concat(single.slice(0, 6)), ...multipart]
}

/** As they are; after `prepareImages`. */
export function imageSamples(): readonly Uint8Array[] {
  return samples
}

/** An image or a stream of them, spoilt in most cases; mostly near its beginning, where the headers are. */
export function imageBytes(chance: Chance): Uint8Array {
  const sample = chance.pick(samples)
  if (chance.oneIn(50)) return Uint8Array.from(sample)
  if (chance.oneIn(2)) return mutateBytes(sample, chance, chance.pick(samples))
  const head = 16 + chance.below(200)
  const spoilt = mutateBytes(sample.subarray(0, head), chance, chance.pick(samples))
  return Uint8Array.from(Buffer.concat([spoilt, sample.subarray(head)]))
}
