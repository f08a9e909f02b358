import { createRequire } from 'node:module'
import { createCanvas, ImageData } from '@napi-rs/canvas'
import type opencv from '@techstark/opencv-js'
import { Jimp } from 'jimp'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fromTensor, type ImageLike } from '../../dist/index.js'
import { type Browser, launch } from '../support/browser.js'
import { colourErrors } from '../support/colour-errors.js'
import { patches } from '../support/images.js'
import { createLocalServer, type PixelcastServer, whepUrl } from '../support/pixelcast.js'
import { Stage } from '../support/player.js'

const [WIDTH, HEIGHT] = [318, 242]
const image = patches(WIDTH, HEIGHT)
const { data } = image

// See test/unit/image/mat.test.ts.
const cv = createRequire(import.meta.url)('@techstark/opencv-js') as typeof opencv

const png = () =>
  sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels: 4 } })
    .png()
    .toBuffer()

/** The same picture, as each library has it. */
const PICTURES: Readonly<Record<string, () => ImageLike | Promise<ImageLike>>> = {
  'a canvas of @napi-rs/canvas': () => {
    const canvas = createCanvas(WIDTH, HEIGHT)
    canvas.getContext('2d').putImageData(new ImageData(new Uint8ClampedArray(data), WIDTH, HEIGHT), 0, 0)
    return canvas
  },
  'an ImageData': () => new ImageData(new Uint8ClampedArray(data), WIDTH, HEIGHT),
  'a sharp pipeline': async () => sharp(await png()).removeAlpha(),
  'a region of an OpenCV.js Mat': () => {
    const mat = new cv.Mat(HEIGHT + 10, WIDTH + 20, cv.CV_8UC4)
    const region = mat.roi(new cv.Rect(7, 5, WIDTH, HEIGHT))
    const source = cv.matFromArray(HEIGHT, WIDTH, cv.CV_8UC4, [...data])
    source.copyTo(region)
    return region
  },
  'an image of jimp': async () => Jimp.read(await png()),
  'a tensor of floats in planes': () => {
    const size = WIDTH * HEIGHT
    const planes = new Float32Array(3 * size)
    for (let pixel = 0; pixel < size; pixel++)
      for (let c = 0; c < 3; c++) planes[c * size + pixel] = data[pixel * 4 + c]! / 127.5 - 1
    return fromTensor(planes, { width: WIDTH, height: HEIGHT, layout: 'chw', range: [-1, 1] })
  },
  'a tensor of bytes': () => fromTensor(data, { width: WIDTH, height: HEIGHT, channels: 4 }),
}

describe('images of libraries', () => {
  let browser: Browser
  let server: PixelcastServer
  let stage: Stage
  beforeAll(async () => {
    if (!('Mat' in cv))
      await new Promise<void>((resolve) => Object.assign(cv, { onRuntimeInitialized: resolve }))
    browser = await launch('chromium')
    server = await createLocalServer()
    stage = await Stage.open(browser)
  })
  afterAll(async () => {
    await stage?.close()
    await browser?.close()
    await server?.close()
  })

  it.each(Object.keys(PICTURES))('%s is shown in its colours', async (name) => {
    const track = server.addTrack(name)
    await track.addImageAsync(await PICTURES[name]!())
    const player = await stage.play(whepUrl(server, name))
    await player.started()
    expect(await colourErrors(player, WIDTH, HEIGHT)).toEqual([])
    await player.leave()
    await track.close()
  })
})
