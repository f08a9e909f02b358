// OpenCV's people detector, in a thread of its own: it takes 50 to 350 ms a frame and would hold up
// whatever shares a thread with it.
import { createRequire } from 'node:module'
import { parentPort, workerData } from 'node:worker_threads'
import { ImageTrack } from 'pixelcast'
import { drawBoxes } from './boxes.mjs'

/** Frames are brought to this width: the detector sees people from about 100 pixels on. */
const WORKING_WIDTH = 1000
/** How much larger each next size is that it looks for; 1.05 finds a few more and takes twice as long. */
const SCALE_STEP = 1.1
/** How many sizes: people up to two fifths of the picture's height. Larger finds are nearly always wrong. */
const SIZES = 10

// Loaded with `require`, and never awaited: the module has a `then` that resolves to the module itself.
const cv = createRequire(import.meta.url)('@techstark/opencv-js')
if (!('Mat' in cv)) {
  await new Promise((resolve) => {
    cv.onRuntimeInitialized = resolve
  })
}
const hog = new cv.HOGDescriptor()
hog.nlevels = SIZES
// the detector wants its coefficients as a matrix
const people = cv.HOGDescriptor.getDefaultPeopleDetector()
const coefficients = new cv.Mat(people.size(), 1, cv.CV_32F)
for (let i = 0; i < people.size(); i++) coefficients.data32F[i] = people.get(i)
people.delete()
hog.setSVMDetector(coefficients)

// With a track the worker pushes the pictures itself, straight to the engine.
const track = workerData.track ? ImageTrack.from(workerData.track) : undefined

parentPort.on('message', ({ data, width, height }) => {
  const pixels = new Uint8Array(data)
  const started = performance.now()
  const boxes = findPeople(pixels, width, height)
  const ms = performance.now() - started
  if (track) {
    drawBoxes({ data: pixels, width, height }, boxes)
    track.addImage({ data: pixels, width, height, format: 'rgba' })
  }
  parentPort.postMessage({ boxes, ms })
})
parentPort.postMessage('ready')

function findPeople(pixels, width, height) {
  const scale = WORKING_WIDTH / width
  const rgba = cv.matFromArray(height, width, cv.CV_8UC4, pixels)
  const grey = new cv.Mat()
  const found = new cv.RectVector()
  const weights = new cv.DoubleVector()
  try {
    cv.cvtColor(rgba, grey, cv.COLOR_RGBA2GRAY)
    cv.resize(grey, grey, new cv.Size(WORKING_WIDTH, Math.round(height * scale)))
    hog.detectMultiScale(
      grey,
      found,
      weights,
      0,
      new cv.Size(8, 8),
      new cv.Size(16, 16),
      SCALE_STEP,
      2,
      false,
    )
    return Array.from({ length: found.size() }, (_, i) => {
      const { x, y, width: w, height: h } = found.get(i)
      // the detector's window has a margin around the person
      return {
        x: Math.round((x + w * 0.2) / scale),
        y: Math.round((y + h * 0.1) / scale),
        width: Math.round((w * 0.6) / scale),
        height: Math.round((h * 0.8) / scale),
      }
    })
  } finally {
    for (const object of [rgba, grey, found, weights]) object.delete()
  }
}
