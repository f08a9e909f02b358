// OpenCV's sample of Canny's edge detector, with its trackbars, its keys and its mouse, in the browser.
//
//   node examples/edges/main.mjs [IMAGE]
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { createCanvas, loadImage } from '@napi-rs/canvas'
import * as gui from 'pixelcast/highgui'
import { commandLine, fail, portOption } from '../shared/program.mjs'

const WINDOW = 'edges'
const ESCAPE = 27
/** Half of the side of the square around the mouse that shows the image itself, pixels. */
const LENS = 60

const { positionals } = commandLine('node examples/edges/main.mjs [IMAGE]', {}, true)
const [file = fileURLToPath(new URL('../../docs/images/demo.png', import.meta.url))] = positionals

// Loaded with `require`, and never awaited: the module has a `then` that resolves to the module itself.
const cv = createRequire(import.meta.url)('@techstark/opencv-js')
if (!cv.Mat) await new Promise((resolve) => Object.assign(cv, { onRuntimeInitialized: resolve }))

const image = await read(file)
const whole = { x: 0, y: 0, width: image.cols, height: image.rows }
let part = whole
let lens // where the left button is held

gui.configure({ port: portOption(), quiet: true })
gui.namedWindow(WINDOW)
gui.createTrackbar('low', WINDOW, 60, 500)
gui.createTrackbar('high', WINDOW, 160, 500)
gui.setMouseCallback(WINDOW, (_event, x, y, flags) => {
  lens = flags & gui.EVENT_FLAG_LBUTTON ? { x, y } : undefined
})
console.log(`Watch at ${await gui.serverUrl().catch(fail)}view/${WINDOW}`)
console.log('Hold the left button to see the image. R: choose a part of it. Escape ends.')

while (true) {
  const shown = edges(image, part)
  gui.imshow(WINDOW, shown)
  shown.delete()
  const key = await gui.waitKey(20)
  if (key === ESCAPE) break
  if (key === 'r'.charCodeAt(0)) {
    const chosen = await gui.selectROI(WINDOW, image)
    part = chosen.width > 0 ? chosen : whole
  }
}
gui.destroyAllWindows()

/** The edges of a part of the image, white on black, and around it the image, darker. */
function edges(image, { x, y, width, height }) {
  const shown = new cv.Mat()
  image.convertTo(shown, -1, 0.3, 0)
  const gray = new cv.Mat()
  const area = new cv.Rect(x, y, width, height)
  const from = image.roi(area)
  cv.cvtColor(from, gray, cv.COLOR_RGBA2GRAY)
  cv.Canny(gray, gray, gui.getTrackbarPos('low', WINDOW), gui.getTrackbarPos('high', WINDOW))
  const to = shown.roi(area)
  cv.cvtColor(gray, to, cv.COLOR_GRAY2RGBA)
  if (lens) copySquare(image, shown, lens)
  for (const mat of [gray, from, to]) mat.delete()
  return shown
}

function copySquare(source, target, { x, y }) {
  const [left, top] = [Math.max(0, x - LENS), Math.max(0, y - LENS)]
  const [right, bottom] = [Math.min(source.cols, x + LENS), Math.min(source.rows, y + LENS)]
  const area = new cv.Rect(left, top, right - left, bottom - top)
  const [from, to] = [source.roi(area), target.roi(area)]
  from.copyTo(to)
  for (const mat of [from, to]) mat.delete()
}

async function read(file) {
  const picture = await loadImage(file).catch((error) => fail(`${file}: ${error.message}`))
  const context = createCanvas(picture.width, picture.height).getContext('2d')
  context.drawImage(picture, 0, 0)
  return cv.matFromImageData(context.getImageData(0, 0, picture.width, picture.height))
}
