// A producer in a thread that does not live long: pushes flat images, so that a torn one shows, or holds one that
// is half written. Run by test/support/producers-process.ts, which bundles it and ends it at any moment.
import { parentPort, workerData } from 'node:worker_threads'
import { fromTensor } from '../../../dist/image/index.js'
import { ImageTrack } from '../../../dist/track/index.js'

const { handles, kind, levels } = workerData
const producers = handles.map((handle) => ImageTrack.from(handle))
const [width, height] = [960, 540]
const size = width * height

// One byte off the word: copying takes longer then, and is more often under way at the end.
const bytes = new Uint8Array(size * 4 + 1).subarray(1)
const floats = new Float32Array(size * 3)

const images = {
  bytes: (level) => ({ data: bytes.fill(level), width, height, format: 'rgba' }),
  floats: (level) => fromTensor(floats.fill(level / 255), { width, height, layout: 'chw' }),
}

async function push(image) {
  for (let round = 0; ; round++) {
    const producer = producers[round % producers.length]
    producer.addImage(image(levels[round % levels.length]))
    if (round === 2) parentPort.postMessage('at work')
    if (round % 20 === 19) await new Promise(setImmediate)
  }
}

const kinds = {
  bytes: () => push(images.bytes),
  floats: () => push(images.floats),

  async patient() {
    parentPort.postMessage('at work')
    for (let round = 0; ; round++) {
      const image = images.bytes(levels[round % levels.length])
      await Promise.all(producers.map((producer) => producer.addImageAsync(image)))
    }
  },

  // Holds an image of its own, half written, and waits.
  holder() {
    const { data } = producers[levels[0] % producers.length].allocate({ width, height, format: 'gray8' })
    data.fill(255, 0, data.length / 2)
    data.fill(0, data.length / 2)
    parentPort.on('message', () => {})
    parentPort.postMessage('at work')
  },

  exits() {
    kinds.holder()
    process.exit(1)
  },

  throws() {
    kinds.holder()
    throw new Error('on purpose')
  },
}

kinds[kind]()
