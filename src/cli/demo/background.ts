/** A small picture as three planes of bytes. */
export interface Planes {
  readonly width: number
  readonly height: number
  readonly r: Uint8Array
  readonly g: Uint8Array
  readonly b: Uint8Array
}

/** Least difference (of 255) in any channel that counts as something else than the background. */
const DIFFERENCE = 26
/** A shadow or a patch of sun keeps the colour and changes the brightness by less than these factors. */
const SHADOW = { darkest: 0.5, brightest: 1.45, colour: 15 } as const
/** Share of the new picture that goes into the background: fast where nothing is, slowly under a foreground. */
const LEARN = { empty: 1 / 24, covered: 1 / 1200 } as const

/**
 * What a fixed camera sees when nothing is there, learned from pictures: first the median of some of
 * them, so that things that pass do not count, then a running mean that follows the light.
 */
export class Background {
  readonly #size: number
  readonly #samples: Planes[] = []
  readonly #mean: { r: Float32Array; g: Float32Array; b: Float32Array }
  #ready = false

  constructor(
    size: number,
    /** Pictures to look at before anything is reported. */
    readonly needed: number,
  ) {
    this.#size = size
    this.#mean = { r: new Float32Array(size), g: new Float32Array(size), b: new Float32Array(size) }
  }

  get ready(): boolean {
    return this.#ready
  }

  /** Takes one of the first pictures, which is kept until the median has been made. */
  learn(picture: Planes): void {
    if (this.#ready) return
    this.#samples.push(picture)
    if (this.#samples.length < this.needed) return
    for (const channel of ['r', 'g', 'b'] as const) {
      const values = new Uint8Array(this.#samples.length)
      for (let i = 0; i < this.#size; i++) {
        for (let k = 0; k < values.length; k++) values[k] = this.#samples[k]![channel][i]!
        this.#mean[channel][i] = values.sort()[values.length >> 1]!
      }
    }
    this.#samples.length = 0
    this.#ready = true
  }

  /** Writes 1 into `mask` where the picture shows something else than the background, and goes on learning. */
  subtract(picture: Planes, mask: Uint8Array): void {
    const { r, g, b } = picture
    const mean = this.#mean
    for (let i = 0; i < this.#size; i++) {
      const dr = r[i]! - mean.r[i]!
      const dg = g[i]! - mean.g[i]!
      const db = b[i]! - mean.b[i]!
      const differs =
        dr > DIFFERENCE ||
        dr < -DIFFERENCE ||
        dg > DIFFERENCE ||
        dg < -DIFFERENCE ||
        db > DIFFERENCE ||
        db < -DIFFERENCE
      const foreground = differs && !isShade(r[i]!, g[i]!, b[i]!, mean.r[i]!, mean.g[i]!, mean.b[i]!)
      mask[i] = foreground ? 1 : 0
      const rate = foreground ? LEARN.covered : LEARN.empty
      mean.r[i] = mean.r[i]! + dr * rate
      mean.g[i] = mean.g[i]! + dg * rate
      mean.b[i] = mean.b[i]! + db * rate
    }
  }
}

/** Whether a colour is the background's in another light: the same but for one factor (Horprasert 1999). */
function isShade(r: number, g: number, b: number, br: number, bg: number, bb: number): boolean {
  const k = (r * br + g * bg + b * bb) / (br * br + bg * bg + bb * bb + 1)
  if (k < SHADOW.darkest || k > SHADOW.brightest) return false
  return (
    Math.abs(r - k * br) < SHADOW.colour &&
    Math.abs(g - k * bg) < SHADOW.colour &&
    Math.abs(b - k * bb) < SHADOW.colour
  )
}

/** Samples an RGBA picture down by a whole factor: the mean of four pixels of each block. */
export function sampleDown(data: Uint8Array, width: number, height: number, step: number): Planes {
  const w = Math.floor(width / step)
  const h = Math.floor(height / step)
  const planes = {
    width: w,
    height: h,
    r: new Uint8Array(w * h),
    g: new Uint8Array(w * h),
    b: new Uint8Array(w * h),
  }
  const half = step >> 1
  const right = half * 4
  const down = half * width * 4
  let target = 0
  for (let y = 0; y < h; y++) {
    let at = y * step * width * 4
    for (let x = 0; x < w; x++, at += step * 4, target++) {
      planes.r[target] = (data[at]! + data[at + right]! + data[at + down]! + data[at + right + down]!) >> 2
      planes.g[target] =
        (data[at + 1]! + data[at + right + 1]! + data[at + down + 1]! + data[at + right + down + 1]!) >> 2
      planes.b[target] =
        (data[at + 2]! + data[at + right + 2]! + data[at + down + 2]! + data[at + right + down + 2]!) >> 2
    }
  }
  return planes
}
