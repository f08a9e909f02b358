// People in a video, found by OpenCV.js in a worker thread, live in the browser.
//
//   node examples/people-detection/main.mjs [VIDEO] [--sync] [--port 8080]
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { createServer } from 'pixelcast'
import { drawBoxes } from './boxes.mjs'
import { framesInTime } from './video.mjs'

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { sync: { type: 'boolean', default: false }, port: { type: 'string', default: '8080' } },
})
const video = positionals[0] ?? fileURLToPath(new URL('../../../shared/data/vtest.avi', import.meta.url))
if (!existsSync(video)) {
  console.error(`${video}: no such file. Give a video: node examples/people-detection/main.mjs VIDEO`)
  process.exit(1)
}

const server = await createServer({ port: Number(options.port) })
const track = server.addTrack('people')

// With --sync the worker pushes the very frames that it looked at: boxes fit exactly, but there are only
// as many frames as detections. Without, every frame is shown in time, with the boxes of the latest detection.
const detector = new Worker(new URL('./detector-worker.mjs', import.meta.url), {
  workerData: { track: options.sync ? track.handle : undefined },
})

const stop = new AbortController()
process.once('SIGINT', () => stop.abort())
process.once('SIGTERM', () => stop.abort())

let boxes = []
let busy = true // until it says that it is ready
detector.on('message', (message) => {
  busy = false
  if (message === 'ready') return
  if (message.boxes.length !== boxes.length)
    console.log(`${message.boxes.length} people, found in ${Math.round(message.ms)} ms`)
  boxes = message.boxes
})
detector.on('error', (error) => {
  console.error(error)
  process.exitCode = 1
  stop.abort()
})

console.log(`Watch at ${server.url}`)
try {
  for await (const frame of framesInTime(video, stop.signal)) {
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
} finally {
  await detector.terminate()
  await server.close()
}

function packed({ data, stride, width, height }) {
  const rows = new Uint8Array(width * height * 4)
  for (let y = 0; y < height; y++) rows.set(data.subarray(y * stride, y * stride + width * 4), y * width * 4)
  return rows
}
