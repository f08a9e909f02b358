// The detector, in a thread of its own: it may take hundreds of ms a frame, and would hold up whatever shares a
// thread with it.
import { createRequire } from 'node:module'
import { parentPort, workerData } from 'node:worker_threads'
import { ImageTrack } from 'pixelcast'
import { drawBoxes } from './boxes.mjs'

// Loaded with `require`, and never awaited: the module has a `then` that resolves to the module itself.
const cv = createRequire(import.meta.url)('@techstark/opencv-js')
if (!('Mat' in cv)) {
  await new Promise((resolve) => {
    cv.onRuntimeInitialized = resolve
  })
}
const { createDetector } = await import(`./${workerData.detector}.mjs`)
const detect = createDetector(cv)
// With a track the worker pushes the pictures itself, straight to the engine.
const track = workerData.track ? ImageTrack.from(workerData.track) : undefined

parentPort.on('message', ({ data, width, height }) => {
  const pixels = new Uint8Array(data)
  const started = performance.now()
  const boxes = detectIn(pixels, width, height)
  const ms = performance.now() - started
  if (track) {
    drawBoxes({ data: pixels, width, height }, boxes)
    track.addImage({ data: pixels, width, height, format: 'rgba' })
  }
  parentPort.postMessage({ boxes, ms })
})
parentPort.postMessage('ready')

function detectIn(pixels, width, height) {
  const rgba = cv.matFromArray(height, width, cv.CV_8UC4, pixels)
  try {
    return detect(rgba)
  } finally {
    rgba.delete()
  }
}
