import { type CanvasModule, loadCanvas } from './canvas.js'
import { type Detection, Detector } from './detector.js'
import { WORLD } from './map.js'
import { Overlay } from './overlay.js'
import { Scene } from './scene.js'
import { Tracker } from './tracker.js'

export interface DemoOptions {
  readonly width: number
  readonly height: number
  readonly fps: number
  /** The same seed gives the same pictures. */
  readonly seed: number
}

/** One picture, as the camera gives it and with what was found in it. RGBA, rows without padding. */
export interface DemoPicture {
  readonly camera: Uint8Array
  readonly detections: Uint8Array
}

/** Time between the pictures from which the background is learned, in s, and their number. */
const LEARN = { every: 0.8, count: 30 } as const
/** After a pause longer than this (s) the scene goes on where it was, instead of jumping. */
const MAX_STEP = 0.25

/** The demo without the streaming: a scene, a detector that sees only its pixels, and a drawing of both. */
export class DemoShow {
  readonly #scene: Scene
  readonly #detector: Detector
  readonly #tracker = new Tracker()
  readonly #overlay: Overlay
  readonly #options: DemoOptions
  #seconds = 0
  #cost = 0

  private constructor(canvas: CanvasModule, options: DemoOptions) {
    this.#options = options
    this.#scene = new Scene(canvas, options, options.seed)
    const scale = Math.max(options.width / WORLD.width, options.height / WORLD.height)
    const metresPerPixel = 1 / (WORLD.pixelsPerMetre * scale)
    this.#detector = new Detector({ metresPerPixel, learn: LEARN.count })
    this.#overlay = new Overlay(canvas, { width: options.width, height: options.height, metresPerPixel })
  }

  /** Draws what does not move and lets the detector look at an ordinary half minute, in about a second. */
  static async open(options: DemoOptions): Promise<DemoShow> {
    const show = new DemoShow(await loadCanvas(), options)
    while (!show.#detector.ready) {
      show.#scene.advance(LEARN.every)
      show.#scene.draw()
      show.#detect(show.#pixels())
      // a turn of the event loop: Ctrl-C works, and the pixels of before can be freed
      await new Promise((resolve) => setImmediate(resolve))
    }
    return show
  }

  /** The next picture, `seconds` after the last one. */
  next(seconds: number): DemoPicture {
    const step = Math.min(seconds, MAX_STEP)
    this.#seconds += step
    this.#scene.advance(step)
    this.#scene.draw()
    const camera = this.#pixels()
    const before = performance.now()
    const found = this.#tracker.update(this.#detect(camera), step)
    // smoothed, to be readable
    this.#cost += 0.1 * (performance.now() - before - this.#cost)
    this.#overlay.draw(this.#scene.canvas.getContext('2d'), found, this.#seconds, this.#cost)
    return { camera, detections: this.#pixels() }
  }

  #detect(pixels: Uint8Array): Detection[] {
    return this.#detector.detect(pixels, this.#options.width, this.#options.height)
  }

  #pixels(): Uint8Array {
    return this.#scene.canvas.data()
  }
}
