import { Background, type Planes, sampleDown } from './background.js'
import { type Blob, extent, findBlobs } from './blobs.js'

export interface Box {
  /** Upper left corner and size, in pixels of the picture. */
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export type Label = 'car' | 'van' | 'truck' | 'bus' | 'person' | 'vehicle'

/** Something that was seen in one picture. */
export interface Detection {
  readonly box: Box
  readonly label: Label
  /** Its main colour, in a word. */
  readonly colour: string
}

export interface DetectorOptions {
  /** Pictures from which the background is learned before anything is reported. */
  readonly learn?: number
  /** What one pixel of the picture is on the ground, in metres; decides between person, car and truck. */
  readonly metresPerPixel: number
}

/** Pictures are looked at in about this width: fine enough for a person of 20 pixels in 1280. */
const WORKING_WIDTH = 426
/** Smallest thing that is reported, in square metres; below are leaves and noise. */
const LEAST_AREA = 0.55
const DEFAULT_LEARN = 25

/**
 * Finds what moves in front of a fixed camera. It is given pixels and nothing else: it learns the
 * background, takes it away, leaves shadows out, joins what is connected, and names it by its size.
 */
export class Detector {
  readonly #options: DetectorOptions
  #background: Background | undefined
  #mask = new Uint8Array(0)
  #size = ''

  constructor(options: DetectorOptions) {
    this.#options = options
  }

  /** Whether the background is known; before that nothing is found. */
  get ready(): boolean {
    return this.#background?.ready ?? false
  }

  /** Looks at one picture: RGBA, rows without padding. A picture of another size starts the learning again. */
  detect(data: Uint8Array, width: number, height: number): Detection[] {
    const step = Math.max(1, Math.round(width / WORKING_WIDTH))
    const small = sampleDown(data, width, height, step)
    const background = this.#backgroundFor(small, `${width}x${height}`)
    if (!background.ready) {
      background.learn(small)
      return []
    }
    background.subtract(small, this.#mask)
    const metres = this.#options.metresPerPixel * step
    const detections: Detection[] = []
    for (const blob of findBlobs(this.#mask, small.width, small.height, 1)) {
      if (blob.area * metres * metres < LEAST_AREA) continue
      detections.push({
        box: {
          x: blob.left * step,
          y: blob.top * step,
          width: (blob.right - blob.left) * step,
          height: (blob.bottom - blob.top) * step,
        },
        label: labelOf(blob, metres),
        colour: colourOf(blob, small, this.#mask),
      })
    }
    return detections
  }

  #backgroundFor({ width, height }: Planes, size: string): Background {
    if (!this.#background || this.#size !== size) {
      this.#size = size
      this.#background = new Background(width * height, this.#options.learn ?? DEFAULT_LEARN)
      this.#mask = new Uint8Array(width * height)
    }
    return this.#background
  }
}

function labelOf(blob: Blob, metresPerPixel: number): Label {
  const { length, width } = extent(blob)
  const metres = length * metresPerPixel
  if (metres < 3) return 'person'
  if (width * metresPerPixel > 3.6) return 'vehicle'
  if (metres < 5.3) return 'car'
  if (metres < 7) return 'van'
  return metres < 9.8 ? 'truck' : 'bus'
}

/** The name of the mean colour, without the dark parts (windows, tyres) unless all of it is dark. */
function colourOf(blob: Blob, picture: Planes, mask: Uint8Array): string {
  const all = [0, 0, 0, 0]
  const bright = [0, 0, 0, 0]
  for (let y = blob.top; y < blob.bottom; y++)
    for (let x = blob.left; x < blob.right; x++) {
      const i = y * picture.width + x
      if (mask[i] === 0) continue
      const [r, g, b] = [picture.r[i]!, picture.g[i]!, picture.b[i]!]
      add(all, r, g, b)
      if (Math.max(r, g, b) > 90) add(bright, r, g, b)
    }
  const [r, g, b, n] = (bright[3]! > 0.35 * all[3]! ? bright : all) as [number, number, number, number]
  return colourName(r / n, g / n, b / n)
}

function add(sum: number[], r: number, g: number, b: number): void {
  sum[0]! += r
  sum[1]! += g
  sum[2]! += b
  sum[3]! += 1
}

const HUES: readonly (readonly [number, string])[] = [
  [14, 'red'],
  [32, 'orange'],
  [70, 'yellow'],
  [165, 'green'],
  [195, 'teal'],
  [255, 'blue'],
  [300, 'purple'],
  [338, 'pink'],
  [360, 'red'],
]

/** A word for a colour (0…255 per channel). */
export function colourName(r: number, g: number, b: number): string {
  const max = Math.max(r, g, b)
  const spread = max - Math.min(r, g, b)
  if (spread < 0.22 * max || spread < 18) return max > 165 ? 'white' : max > 85 ? 'grey' : 'black'
  const turn = max === r ? (g - b) / spread : max === g ? 2 + (b - r) / spread : 4 + (r - g) / spread
  const hue = (turn * 60 + 360) % 360
  return HUES.find(([limit]) => hue <= limit)?.[1] ?? 'red'
}
