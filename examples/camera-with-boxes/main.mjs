// A video or a camera with what OpenCV.js found in it, live in the browser.
//
//   node examples/camera-with-boxes/main.mjs SOURCE [--detect people|motion] [--sync]
import { existsSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { createServer } from 'pixelcast'
import { commandLine, fail, stopSignal } from '../shared/program.mjs'
import { drawBoxes } from './boxes.mjs'
import { framesOf } from './source.mjs'

const USAGE = 'node examples/camera-with-boxes/main.mjs SOURCE [--detect people|motion] [--sync]'
const DETECTORS = ['people', 'motion']
const ADDRESS = /^[a-z]+:\/\//

const { values: options, positionals } = commandLine(
  USAGE,
  { detect: { type: 'string', default: 'people' }, sync: { type: 'boolean', default: false } },
  true,
)
const [source] = positionals
if (source === undefined) fail(`Give a video file, rtsp://…, http://… or /dev/video0\nUsage: ${USAGE}`, 2)
if (!DETECTORS.includes(options.detect))
  fail(`--detect: expected ${DETECTORS.join(' or ')}, got ${JSON.stringify(options.detect)}`, 2)
if (!ADDRESS.test(source) && !existsSync(source)) fail(`${source}: no such file`)
/** Without a password, for the terminal. */
const shown = source.replace(/\/\/[^/@]*@/, '//')

const stop = stopSignal()
const server = await createServer({ port: Number(process.env.PORT ?? 8080) }).catch(fail)
const track = server.addTrack(options.detect)

// With --sync the worker pushes the very frames that it looked at: boxes fit exactly, but there are only
// as many frames as detections. Without, every frame is shown in time, with the boxes of the latest detection.
const detector = new Worker(new URL('./worker.mjs', import.meta.url), {
  workerData: { detector: options.detect, track: options.sync ? track.handle : undefined },
})
let boxes = []
let busy = true // until it says that it is ready
detector.on('message', (message) => {
  busy = false
  if (message === 'ready') return
  if (message.boxes.length !== boxes.length)
    console.log(`${message.boxes.length} found in ${Math.round(message.ms)} ms`)
  boxes = message.boxes
})
detector.on('error', fail)

console.log(`Watch at ${server.url}view/${options.detect}`)
try {
  for await (const frame of framesOf(source, stop, (what) => console.warn(`${shown} ${what}`))) {
    if (!busy) {
      // a copy without padding, whose memory goes over to the worker
      const copy = packed(frame)
      busy = true
      detector.postMessage({ data: copy.buffer, width: frame.width, height: frame.height }, [copy.buffer])
    }
    if (options.sync) continue
    drawBoxes(frame, boxes)
    track.addImage({ ...frame, format: 'rgba' })
  }
} catch (error) {
  if (!stop.aborted) fail(`${shown}: ${error.message}`)
}
await detector.terminate()
await server.close()

function packed({ data, stride, width, height }) {
  const rows = new Uint8Array(width * height * 4)
  for (let y = 0; y < height; y++) rows.set(data.subarray(y * stride, y * stride + width * 4), y * width * 4)
  return rows
}
