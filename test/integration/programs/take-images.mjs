// The engine's end of a track, in a thread of its own: takes images as fast as it can, keeps the last, and
// notes the number in the last one. Run by queue.test.ts.
import { parentPort, workerData } from 'node:worker_threads'
import { ImageConsumer } from '../../../dist/track/index.js'

const { handle, seen } = workerData
const [LAST, BACKWARDS, STOP] = [0, 1, 2]
const consumer = new ImageConsumer(handle)
let kept
parentPort.postMessage('ready')
while (!Atomics.load(seen, STOP)) {
  const image = consumer.take()
  if (!image) continue
  const number = new DataView(image.data.buffer, image.data.byteOffset).getInt32(0)
  if (number < Atomics.load(seen, LAST)) Atomics.add(seen, BACKWARDS, 1)
  kept?.release()
  kept = image
  Atomics.store(seen, LAST, number)
}
