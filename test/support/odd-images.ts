import { crc32, deflateSync } from 'node:zlib'
import sharp from 'sharp'

export const ODD_SIZE = { width: 64, height: 48 } as const

/** Colours of the four fields, row by row, and how opaque each is where there is transparency. */
const COLOURS = [
  [220, 200, 60],
  [30, 200, 180],
  [220, 40, 180],
  [30, 40, 60],
] as const
const ALPHAS = [255, 128, 255, 0] as const

function fieldAt(x: number, y: number, width: number, height: number): number {
  return (y < height / 2 ? 0 : 2) + (x < width / 2 ? 0 : 1)
}

/** Four fields of different colours, to be turned into a file. `channels` 4: with transparency. */
export function fields(
  channels: 3 | 4 = 3,
  { width, height } = ODD_SIZE as { width: number; height: number },
) {
  const data = Buffer.alloc(width * height * channels)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const field = fieldAt(x, y, width, height)
      data.set([...COLOURS[field]!, ALPHAS[field]!].slice(0, channels), (y * width + x) * channels)
    }
  return sharp(data, { raw: { width, height, channels } })
}

/** A PNG as no library of ours writes it. `write` sets the bytes of one pixel of a field. */
function png(
  { depth, type, bytes }: { depth: number; type: number; bytes: number },
  write: (row: Buffer, at: number, field: number) => void,
  extra: readonly Buffer[] = [],
): Buffer {
  const { width, height } = ODD_SIZE
  const rows = Array.from({ length: height }, (_, y) => {
    const row = Buffer.alloc(1 + width * bytes)
    for (let x = 0; x < width; x++) write(row, 1 + x * bytes, fieldAt(x, y, width, height))
    return row
  })
  const header = Buffer.from([0, 0, 0, width, 0, 0, 0, height, depth, type, 0, 0, 0])
  return pngOf([
    chunk('IHDR', header),
    ...extra,
    chunk('IDAT', deflateSync(Buffer.concat(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function pngOf(chunks: readonly Buffer[]): Buffer {
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), ...chunks])
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const framed = Buffer.alloc(8 + body.length)
  framed.writeUInt32BE(data.length)
  body.copy(framed, 4)
  framed.writeUInt32BE(crc32(body), 4 + body.length)
  return framed
}

/** A PNG that claims to be of a size that it is not. */
export function pngBomb(side: number): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(side, 0)
  header.writeUInt32BE(side, 4)
  header.set([8, 2], 8)
  return pngOf([
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(1000))),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** Two pictures, the first one red; as PNG (APNG) or WebP. In the WebP it covers only a part of the canvas. */
export async function animation(format: 'png' | 'webp'): Promise<Buffer> {
  return format === 'png' ? apng() : animatedWebp()
}

const [RED, GREEN] = [
  [220, 20, 30],
  [20, 220, 30],
] as const

function apng(): Buffer {
  const { width, height } = ODD_SIZE
  const picture = (colour: readonly number[]) =>
    deflateSync(
      Buffer.concat(
        Array.from({ length: height }, () => Buffer.from([0, ...Array(width).fill(colour).flat()])),
      ),
    )
  const control = (sequence: number) => {
    const data = Buffer.alloc(26)
    for (const [i, value] of [sequence, width, height].entries()) data.writeUInt32BE(value, i * 4)
    data.writeUInt16BE(1, 20)
    data.writeUInt16BE(10, 22)
    return chunk('fcTL', data)
  }
  return pngOf([
    chunk('IHDR', Buffer.from([0, 0, 0, width, 0, 0, 0, height, 8, 2, 0, 0, 0])),
    chunk('acTL', Buffer.from([0, 0, 0, 2, 0, 0, 0, 0])),
    control(0),
    chunk('IDAT', picture(RED)),
    control(1),
    chunk('fdAT', Buffer.concat([Buffer.from([0, 0, 0, 2]), picture(GREEN)])),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

async function animatedWebp(): Promise<Buffer> {
  const { width, height } = ODD_SIZE
  const still = await sharp({ create: { width: 48, height: 40, channels: 3, background: 'rgb(220,20,30)' } })
    .webp({ lossless: true })
    .toBuffer()
  const uint24 = (value: number) => Buffer.from([value & 255, (value >> 8) & 255, value >> 16])
  const riff = (name: string, ...parts: Buffer[]) => {
    const data = Buffer.concat(parts)
    const head = Buffer.alloc(8)
    head.write(name, 'latin1')
    head.writeUInt32LE(data.length, 4)
    return Buffer.concat([head, data, Buffer.alloc(data.length & 1)])
  }
  // at 8, 4; 48×40; 100 ms; then the chunk VP8L of the still
  const place = Buffer.concat([4, 2, 47, 39, 100].map(uint24))
  const picture = riff('ANMF', place, Buffer.alloc(1), still.subarray(still.indexOf('VP8L')))
  const canvas = Buffer.concat([Buffer.from([0x12, 0, 0, 0]), uint24(width - 1), uint24(height - 1)])
  return riff(
    'RIFF',
    Buffer.from('WEBP'),
    riff('VP8X', canvas),
    riff('ANIM', Buffer.alloc(6)),
    picture,
    picture,
  )
}

/** Files that are hard to show rightly, each of them whole; by name. sharp reads them all, except for BMP. */
export async function oddImages(): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>()
  const add = async (name: string, file: Buffer | Promise<Buffer>) => void files.set(name, await file)
  const sharpest = { quality: 95, chromaSubsampling: '4:4:4' }
  await add('444.jpg', fields().jpeg(sharpest).toBuffer())
  await add('420.jpg', fields().jpeg({ quality: 95 }).toBuffer())
  await add('grey.jpg', fields().greyscale().jpeg().toBuffer())
  await add(
    'progressive.jpg',
    fields()
      .jpeg({ ...sharpest, progressive: true })
      .toBuffer(),
  )
  await add('odd-size.jpg', fields(3, { width: 641, height: 479 }).jpeg().toBuffer())
  for (const orientation of [2, 3, 4, 5, 6, 7, 8])
    await add(`exif${orientation}.jpg`, fields().withMetadata({ orientation }).jpeg(sharpest).toBuffer())
  await add(
    'odd-exif7.jpg',
    fields(3, { width: 67, height: 49 }).withMetadata({ orientation: 7 }).jpeg().toBuffer(),
  )
  await add('grey-exif6.jpg', fields().greyscale().withMetadata({ orientation: 6 }).jpeg().toBuffer())
  await add('exif5.png', fields().withMetadata({ orientation: 5 }).png().toBuffer())
  await add('exif8.webp', fields().withMetadata({ orientation: 8 }).webp({ lossless: true }).toBuffer())
  await add('plain.png', fields().png().toBuffer())
  await add('interlaced.png', fields().png({ progressive: true }).toBuffer())
  await add('interlaced-odd.png', fields(3, { width: 37, height: 23 }).png({ progressive: true }).toBuffer())
  await add('palette.png', fields().png({ palette: true }).toBuffer())
  await add('alpha.png', fields(4).png().toBuffer())
  await add('16-bit.png', fields().toColourspace('rgb16').png().toBuffer())
  await add('grey-16-bit.png', fields().toColourspace('grey16').png().toBuffer())
  await add(
    'alpha-16-bit.png',
    png({ depth: 16, type: 6, bytes: 8 }, (row, at, field) => {
      for (const [i, value] of [...COLOURS[field]!, ALPHAS[field]!].entries())
        row.writeUInt16BE(value * 257, at + 2 * i)
    }),
  )
  await add(
    'grey-alpha.png',
    png({ depth: 8, type: 4, bytes: 2 }, (row, at, field) =>
      row.set([COLOURS[field]![1], ALPHAS[field]!], at),
    ),
  )
  await add(
    'palette-alpha.png',
    png({ depth: 8, type: 3, bytes: 1 }, (row, at, field) => row.set([field], at), [
      chunk('PLTE', Buffer.from(COLOURS.flat())),
      chunk('tRNS', Buffer.from(ALPHAS)),
    ]),
  )
  await add(
    'one-colour-transparent.png',
    png({ depth: 8, type: 2, bytes: 3 }, (row, at, field) => row.set(COLOURS[field]!, at), [
      chunk('tRNS', Buffer.from([0, 30, 0, 200, 0, 180])),
    ]),
  )
  await add('lossy.webp', fields().webp({ quality: 95 }).toBuffer())
  await add('alpha.webp', fields(4).webp({ quality: 95 }).toBuffer())
  await add('alpha-lossless.webp', fields(4).webp({ lossless: true }).toBuffer())
  await add('animated.png', animation('png'))
  await add('animated.webp', animation('webp'))
  return files
}

/** Files of kinds that only the command line reads. */
export async function oddFiles(): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>()
  const add = async (name: string, file: Promise<Buffer>) => void files.set(name, await file)
  const tiff = { compression: 'lzw' } as const
  await add('plain.tif', fields().tiff(tiff).toBuffer())
  await add('16-bit.tif', fields().toColourspace('rgb16').tiff(tiff).toBuffer())
  await add('alpha.tif', fields(4).tiff(tiff).toBuffer())
  for (const orientation of [2, 5, 6, 7, 8])
    await add(`turned${orientation}.tif`, fields().withMetadata({ orientation }).tiff(tiff).toBuffer())
  await add('plain.avif', fields().avif({ lossless: true }).toBuffer())
  await add('turned6.avif', fields().withMetadata({ orientation: 6 }).avif({ lossless: true }).toBuffer())
  await add('plain.gif', fields().gif().toBuffer())
  await add('alpha.gif', fields(4).gif().toBuffer())
  return files
}

export interface Reference {
  readonly width: number
  readonly height: number
  /** The colours in the middle of each quarter, RGB: top left, top right, bottom left, bottom right. */
  readonly colours: readonly (readonly number[])[]
}

/** What a file shows, as libvips decodes it: upright, on black. */
export async function reference(file: Buffer): Promise<Reference> {
  const { data, info } = await sharp(file)
    .autoOrient()
    .flatten({ background: '#000' })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
  const { width, height, channels } = info
  const colours = quarters(width, height).map(([x, y]) => {
    const at = (y * width + x) * channels
    return channels < 3 ? [data[at]!, data[at]!, data[at]!] : [...data.subarray(at, at + 3)]
  })
  return { width, height, colours }
}

/** Positions in the middle of each quarter. */
export function quarters(width: number, height: number): [x: number, y: number][] {
  const [left, right, top, bottom] = [width * 0.25, width * 0.75, height * 0.25, height * 0.75].map(
    Math.floor,
  )
  return [
    [left!, top!],
    [right!, top!],
    [left!, bottom!],
    [right!, bottom!],
  ]
}

/** The largest difference in any channel of any of the four colours. */
export function differenceFrom(wanted: Reference, colours: readonly (readonly number[])[]): number {
  return Math.max(
    ...wanted.colours.flatMap((colour, i) => colour.map((value, c) => Math.abs(value - colours[i]![c]!))),
  )
}
