// Images that a test can make, push and recognise again on the screen. All are seeded: no two runs differ.
import { seeded } from './random.js'
import { clamp, paint, type Rgb, type RgbaImage } from './raw-formats.js'

export type { Rgb, RgbaImage } from './raw-formats.js'

export function flat(width: number, height: number, colour: Rgb): RgbaImage {
  return paint(width, height, () => colour)
}

// Colours ---------------------------------------------------------------------------------------

/** Primaries, secondaries, greys (both ends), skin tones, saturated and dark colours, and two that clip easily. */
export const PATCH_COLOURS: readonly Rgb[] = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
  [0, 255, 255],
  [255, 0, 255],
  [255, 255, 0],
  [0, 0, 0],
  [16, 16, 16],
  [64, 64, 64],
  [128, 128, 128],
  [200, 200, 200],
  [235, 235, 235],
  [255, 255, 255],
  [241, 194, 125],
  [198, 134, 66],
  [141, 85, 36],
  [255, 219, 172],
  [220, 20, 60],
  [255, 140, 0],
  [34, 139, 34],
  [30, 144, 255],
  [75, 0, 130],
  [20, 30, 10],
  [40, 8, 12],
]
const PATCH_COLUMNS = 6

/** The 24 patches in a grid of 6 × 4 that fills the image. */
export function patches(width: number, height: number): RgbaImage {
  const rows = PATCH_COLOURS.length / PATCH_COLUMNS
  return paint(width, height, (x, y) => {
    const column = Math.floor((x * PATCH_COLUMNS) / width)
    const row = Math.floor((y * rows) / height)
    return PATCH_COLOURS[row * PATCH_COLUMNS + column]!
  })
}

/** The inner part of each patch, away from its edges, where a codec has nothing but flat colour to carry. */
export function patchCentres(
  width: number,
  height: number,
): { colour: Rgb; x: number; y: number; width: number; height: number }[] {
  const w = width / PATCH_COLUMNS
  const h = height / (PATCH_COLOURS.length / PATCH_COLUMNS)
  return PATCH_COLOURS.map((colour, i) => ({
    colour,
    x: Math.round((i % PATCH_COLUMNS) * w + w / 4),
    y: Math.round(Math.floor(i / PATCH_COLUMNS) * h + h / 4),
    width: Math.floor(w / 2),
    height: Math.floor(h / 2),
  }))
}

/** The mean colour of a rectangle, and the largest distance of any pixel's channel from `expected` if given. */
export function measure(
  image: RgbaImage,
  area: { x: number; y: number; width: number; height: number },
): { mean: Rgb; worstFrom(expected: Rgb): number } {
  const sum = [0, 0, 0]
  const low = [255, 255, 255]
  const high = [0, 0, 0]
  for (let y = area.y; y < area.y + area.height; y++)
    for (let x = area.x; x < area.x + area.width; x++)
      for (let c = 0; c < 3; c++) {
        const value = image.data[(y * image.width + x) * 4 + c]!
        sum[c]! += value
        low[c] = Math.min(low[c]!, value)
        high[c] = Math.max(high[c]!, value)
      }
  const count = area.width * area.height
  return {
    mean: [sum[0]! / count, sum[1]! / count, sum[2]! / count],
    worstFrom: (expected) =>
      Math.max(
        ...[0, 1, 2].map((c) =>
          Math.max(Math.abs(low[c]! - expected[c]!), Math.abs(high[c]! - expected[c]!)),
        ),
      ),
  }
}

// Numbers burned into the picture ----------------------------------------------------------------

const MAX_CELLS = 40
const MIN_CELL_WIDTH = 8
/** Rows that the code covers. */
export const CODE_HEIGHT = 16
const CHECK_BITS = 8

/** How many black or white cells fit across an image: 40, or one for every 8 pixels when it is small. */
export function codeCells(width: number): number {
  return Math.min(MAX_CELLS, Math.floor(width / MIN_CELL_WIDTH))
}

/** With 40 cells: a 32-bit number and an 8-bit check. With fewer: the number alone, modulo 2^cells. */
export function codeBits(value: number, cells: number): boolean[] {
  const number = BigInt(Math.trunc(value))
  const word =
    cells === MAX_CELLS
      ? (BigInt.asUintN(32, number) << BigInt(CHECK_BITS)) |
        BigInt(codeCheck(Number(BigInt.asUintN(32, number))))
      : BigInt.asUintN(cells, number)
  return Array.from({ length: cells }, (_, i) => ((word >> BigInt(cells - 1 - i)) & 1n) === 1n)
}

/** The number that the cells say; undefined when the check fails. The page's player.js holds the same in browser code. */
export function readBits(bits: readonly boolean[]): number | undefined {
  if (bits.length === 0) return undefined
  const checked = bits.length === MAX_CELLS
  const numberBits = checked ? bits.slice(0, -CHECK_BITS) : bits
  const value = numberBits.reduce((sum, bit) => sum * 2 + (bit ? 1 : 0), 0)
  if (!checked) return value
  const check = bits.slice(-CHECK_BITS).reduce((sum, bit) => sum * 2 + (bit ? 1 : 0), 0)
  return check === codeCheck(value) ? value : undefined
}

function codeCheck(value: number): number {
  return ((value ^ (value >>> 8) ^ (value >>> 16) ^ (value >>> 24)) & 0xff) ^ 0xa5
}

/**
 * Writes a number across the top 16 rows. Cells are whole pixels wide, so that a codec which pads an odd
 * width by one pixel does not move them (choose sizes where `floor(width / 40)` is the same for both).
 */
export function burn(image: RgbaImage, value: number): RgbaImage {
  const cells = codeCells(image.width)
  const cellWidth = Math.floor(image.width / Math.max(1, cells))
  const bits = codeBits(value, cells)
  const rowBytes = cells * cellWidth * 4
  bits.forEach((bit, i) => {
    image.data.fill(bit ? 255 : 0, i * cellWidth * 4, (i + 1) * cellWidth * 4)
  })
  for (let x = 3; x < rowBytes; x += 4) image.data[x] = 255
  for (let y = 1; y < Math.min(CODE_HEIGHT, image.height); y++)
    image.data.copyWithin(y * image.width * 4, 0, rowBytes)
  return image
}

/** The number in an image, or undefined. */
export function readCode(image: RgbaImage): number | undefined {
  const cells = codeCells(image.width)
  const cellWidth = Math.floor(image.width / Math.max(1, cells))
  const y = Math.min(CODE_HEIGHT, image.height) >> 1
  return readBits(
    Array.from({ length: cells }, (_, i) => {
      const x = i * cellWidth + (cellWidth >> 1)
      return image.data[(y * image.width + x) * 4 + 1]! >= 128
    }),
  )
}

// Pictures --------------------------------------------------------------------------------------

/** Levels from the darkest to the brightest grain. */
const GRAIN = 24

/** A texture that slides by a few pixels a frame: something to encode, but not noise. */
export function movingTexture(width: number, height: number, index: number): RgbaImage {
  const dx = index * 3
  return paint(width, height, (x, y) => {
    const u = x + dx
    const wave = Math.sin(u / 17) * 50 + Math.cos((y + u / 3) / 11) * 50
    const box = ((u >> 5) ^ (y >> 5)) & 1 ? 30 : 0
    return [clamp(120 + wave + box), clamp(100 + wave / 2 + box), clamp(140 - wave / 2)]
  })
}

/** The moving texture under grain that is new in each image: as hard as cameras in the dark get. */
export function grainyTexture(width: number, height: number, index: number): RgbaImage {
  const image = movingTexture(width, height, index)
  const next = seeded(index + 1)
  for (let i = 0; i < image.data.length; i += 4) {
    const grain = Math.round((next() - 0.5) * GRAIN)
    for (let c = 0; c < 3; c++) image.data[i + c] = clamp(image.data[i + c]! + grain)
  }
  return image
}

/** Numbered images of a moving texture, painted once: making one costs next to nothing. */
export class Reel {
  readonly #images: RgbaImage[]

  constructor(width: number, height: number, length = 16, paintOne = movingTexture) {
    this.#images = Array.from({ length }, (_, i) => paintOne(width, height, i))
  }

  /** The image with this number burned in; its pixels are good until the reel comes round again. */
  image(number: number): RgbaImage {
    return burn(this.#images[number % this.#images.length]!, number)
  }
}

/** Grey noise: the worst that a rate control can meet. */
export function noise(width: number, height: number, seed: number): RgbaImage {
  const next = seeded(seed)
  return paint(width, height, () => {
    const level = Math.floor(next() * 256)
    return [level, level, level]
  })
}

/**
 * A still with soft colour gradients, dark text-like strokes on light ground, light strokes on dark and
 * thin lines. Its detail is in the luma: 4:2:0 itself costs it little (see images.test.ts for how much).
 */
export function naturalStill(width: number, height: number, seed = 7): RgbaImage {
  const image = paint(width, height, (x, y) => {
    const u = x / width
    const v = y / height
    const shade = 24 * Math.sin(u * 9 + v * 4) + 12 * Math.sin(u * 31 - v * 23)
    return [clamp(60 + 140 * u + shade), clamp(90 + 90 * v + shade), clamp(190 - 110 * u + shade)]
  })
  const next = seeded(seed)
  const dot = (x: number, y: number, by: number) => {
    if (x < 0 || y < 0 || x >= width || y >= height) return
    const i = (Math.floor(y) * width + Math.floor(x)) * 4
    for (let c = 0; c < 3; c++) image.data[i + c] = clamp(image.data[i + c]! + by)
  }
  // "Text": rows of glyphs, each a few strokes two pixels wide. A stroke shifts all channels alike.
  for (let row = 0; row < Math.floor(height / 24); row++) {
    const by = row % 2 ? -50 : 45
    for (let column = 0; column < Math.floor(width / 14); column++) {
      if (next() < 0.35) continue
      const left = column * 14 + 2
      const top = row * 24 + 4
      for (let stroke = 0; stroke < 3; stroke++) {
        const upright = next() < 0.5
        const at = Math.floor(next() * 8)
        for (let i = 0; i < 10; i++)
          for (let thick = 0; thick < 2; thick++)
            dot(left + (upright ? at + thick : i), top + (upright ? i : at + thick), by)
      }
    }
  }
  return image
}

/** Peak signal-to-noise ratio over red, green and blue, in dB; `Infinity` when equal. */
export function psnr(a: RgbaImage, b: RgbaImage): number {
  const width = Math.min(a.width, b.width)
  const height = Math.min(a.height, b.height)
  if (Math.abs(a.width - b.width) > 1 || Math.abs(a.height - b.height) > 1)
    throw new Error(`cannot compare ${a.width}×${a.height} with ${b.width}×${b.height}`)
  let sum = 0
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < 3; c++) {
        const error = a.data[(y * a.width + x) * 4 + c]! - b.data[(y * b.width + x) * 4 + c]!
        sum += error * error
      }
  return sum === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10((255 * 255 * width * height * 3) / sum)
}
