export type RawFormat = 'bgr24' | 'rgb24' | 'bgra' | 'rgba' | 'gray8' | 'yuv420p' | 'nv12'
export const RAW_FORMATS: readonly RawFormat[] = [
  'bgr24',
  'rgb24',
  'bgra',
  'rgba',
  'gray8',
  'yuv420p',
  'nv12',
]

export interface RawImage {
  readonly data: Uint8Array
  readonly width: number
  readonly height: number
  readonly format: RawFormat
}

/** RGBA, opaque: what every maker of images gives and every comparison takes. */
export interface RgbaImage extends RawImage {
  readonly format: 'rgba'
}

export type Rgb = readonly [red: number, green: number, blue: number]

export function paint(width: number, height: number, at: (x: number, y: number) => Rgb): RgbaImage {
  const data = new Uint8Array(width * height * 4)
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i += 4) {
      const [red, green, blue] = at(x, y)
      data[i] = red
      data[i + 1] = green
      data[i + 2] = blue
      data[i + 3] = 255
    }
  return { data, width, height, format: 'rgba' }
}

/** The same picture in another raw format. YUV is limited range BT.601 unless told otherwise; odd sizes round chroma up. */
export function convert(image: RgbaImage, format: RawFormat, matrix: 'bt601' | 'bt709' = 'bt601'): RawImage {
  const { width, height, data } = image
  const pixels = width * height
  const packed = (bytes: number, order: readonly number[]): RawImage => {
    const out = new Uint8Array(pixels * bytes)
    for (let i = 0; i < pixels; i++)
      for (let c = 0; c < bytes; c++) out[i * bytes + c] = data[i * 4 + order[c]!]!
    return { data: out, width, height, format }
  }
  switch (format) {
    case 'rgba':
      return image
    case 'bgra':
      return packed(4, [2, 1, 0, 3])
    case 'rgb24':
      return packed(3, [0, 1, 2])
    case 'bgr24':
      return packed(3, [2, 1, 0])
    case 'gray8': {
      const out = new Uint8Array(pixels)
      for (let i = 0; i < pixels; i++)
        out[i] = Math.round(0.299 * data[i * 4]! + 0.587 * data[i * 4 + 1]! + 0.114 * data[i * 4 + 2]!)
      return { data: out, width, height, format }
    }
    case 'yuv420p':
    case 'nv12':
      return toYuv(image, format, matrix)
  }
}

function toYuv(image: RgbaImage, format: 'yuv420p' | 'nv12', matrix: 'bt601' | 'bt709'): RawImage {
  const { width, height, data } = image
  const [kr, kb] = matrix === 'bt601' ? [0.299, 0.114] : [0.2126, 0.0722]
  const chromaWidth = (width + 1) >> 1
  const chromaHeight = (height + 1) >> 1
  const out = new Uint8Array(width * height + 2 * chromaWidth * chromaHeight)
  const luma = (i: number) => kr * data[i]! + (1 - kr - kb) * data[i + 1]! + kb * data[i + 2]!
  for (let i = 0; i < width * height; i++) out[i] = Math.round(16 + (219 / 255) * luma(i * 4))
  for (let cy = 0; cy < chromaHeight; cy++)
    for (let cx = 0; cx < chromaWidth; cx++) {
      let cb = 0
      let cr = 0
      for (let k = 0; k < 4; k++) {
        const x = Math.min(width - 1, cx * 2 + (k & 1))
        const y = Math.min(height - 1, cy * 2 + (k >> 1))
        const i = (y * width + x) * 4
        cb += (data[i + 2]! - luma(i)) / (2 * (1 - kb))
        cr += (data[i]! - luma(i)) / (2 * (1 - kr))
      }
      const at = cy * chromaWidth + cx
      const blue = Math.round(128 + (224 / 255) * (cb / 4))
      const red = Math.round(128 + (224 / 255) * (cr / 4))
      if (format === 'nv12') {
        out[width * height + at * 2] = blue
        out[width * height + at * 2 + 1] = red
      } else {
        out[width * height + at] = blue
        out[width * height + chromaWidth * chromaHeight + at] = red
      }
    }
  return { data: out, width, height, format }
}

/** Back to RGBA: what a perfect codec would show of a `yuv420p` image (chroma repeated, not interpolated). */
export function fromYuv420p(image: RawImage, matrix: 'bt601' | 'bt709' = 'bt601'): RgbaImage {
  const { width, height, data } = image
  const [kr, kb] = matrix === 'bt601' ? [0.299, 0.114] : [0.2126, 0.0722]
  const chromaWidth = (width + 1) >> 1
  const chromaSize = chromaWidth * ((height + 1) >> 1)
  return paint(width, height, (x, y) => {
    const at = (y >> 1) * chromaWidth + (x >> 1)
    const luma = (data[y * width + x]! - 16) * (255 / 219)
    const cb = (data[width * height + at]! - 128) * (255 / 224)
    const cr = (data[width * height + chromaSize + at]! - 128) * (255 / 224)
    const red = luma + 2 * (1 - kr) * cr
    const blue = luma + 2 * (1 - kb) * cb
    return [clamp(red), clamp((luma - kr * red - kb * blue) / (1 - kr - kb)), clamp(blue)]
  })
}

export function clamp(value: number): number {
  return Math.max(0, Math.min(255, Math.round(value)))
}
