import { checkSize, describe, refuse, type Shape, toBytes } from './check.js'
import { stridedPlanes } from './layout.js'
import { checkLength, RawSource } from './raw-source.js'
import type { ImageSource } from './source.js'

/*
 * Each library has one call that hands out pixels without undoing the multiplication by alpha, which
 * `getImageData` must do. Premultiplied pixels with their alpha ignored are the canvas on black.
 */

interface Canvas {
  readonly width: number
  readonly height: number
  getContext(kind: '2d'): unknown
}
interface NapiCanvas extends Canvas {
  /** RGBA, premultiplied (`index.d.ts` of @napi-rs/canvas 1.1; 8 bytes a pixel with `float16`). */
  data(): unknown
}
interface SkiaCanvas extends Canvas {
  toBufferSync(format: 'raw', options: { matte: string; colorType: 'rgba' }): unknown
}
interface CairoCanvas extends Canvas {
  /** Bytes of a row. */
  readonly stride: unknown
  /** ARGB32 of cairo: premultiplied, in the machine's byte order; a copy. */
  toBuffer(format: 'raw'): unknown
}

/** A canvas of `@napi-rs/canvas`, `skia-canvas` or `canvas` (node-canvas), or what nearly is one. */
export function isCanvas(image: Shape): boolean {
  return typeof image.getContext === 'function'
}

/** The canvas as it is now, composited on black. */
export function openCanvas(image: Shape): ImageSource {
  const canvas = image as unknown as Canvas
  const width = checkSize(canvas.width, 'width')
  const height = checkSize(canvas.height, 'height')
  if (typeof image.data === 'function') return openNapi(canvas as NapiCanvas, width, height)
  if (typeof image.toBufferSync === 'function') return openSkia(canvas as SkiaCanvas, width, height)
  if (typeof image.toBuffer === 'function' && 'stride' in image)
    return openCairo(canvas as CairoCanvas, width, height)
  return refuse(
    '',
    'a canvas with pixels, of @napi-rs/canvas, skia-canvas or canvas (node-canvas)',
    describe(image),
  )
}

function openNapi(canvas: NapiCanvas, width: number, height: number): ImageSource {
  const bytes = toBytes(canvas.data(), 'data()')
  if (bytes.byteLength === width * height * 8)
    refuse('colorType', 'a canvas with 8 bits a channel ("unorm8")', '"float16"')
  checkLength(bytes, width * height * 4, 'data()', `${width}×${height} rgba`)
  return new RawSource('rgba', width, height, bytes)
}

/** skia-canvas exports pixels unmultiplied; with an opaque matte there is nothing to undo. */
function openSkia(canvas: SkiaCanvas, width: number, height: number): ImageSource {
  const raw = canvas.toBufferSync('raw', { matte: '#000', colorType: 'rgba' })
  const bytes = toBytes(raw, "toBufferSync('raw')")
  checkLength(bytes, width * height * 4, "toBufferSync('raw')", `${width}×${height} rgba`)
  return new RawSource('rgba', width, height, bytes)
}

/** The bytes of ARGB32 are B, G, R, A on little-endian machines, and node-av is built for no other. */
function openCairo(canvas: CairoCanvas, width: number, height: number): ImageSource {
  const { pixelFormat } = (canvas.getContext('2d') ?? {}) as { pixelFormat?: unknown }
  if (pixelFormat !== undefined && pixelFormat !== 'RGBA32' && pixelFormat !== 'RGB24')
    refuse('pixelFormat', '"RGBA32" or "RGB24"', describe(pixelFormat))
  const planes = stridedPlanes('bgra', width, height, canvas.stride)
  const { stride } = planes[0]!
  const bytes = toBytes(canvas.toBuffer('raw'), "toBuffer('raw')")
  checkLength(bytes, stride * height, "toBuffer('raw')", `${width}×${height} bgra, stride ${stride}`)
  return new RawSource('bgra', width, height, bytes, { planes })
}
