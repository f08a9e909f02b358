// A thread that pushes in every way there is, as fast as it can: images whose bytes are all alike, so that a
// torn one shows. Run by queue.test.ts.
import { parentPort, workerData } from 'node:worker_threads'
import { ImageTrack } from '../../../dist/track/index.js'

const { handle, rounds } = workerData
const producer = ImageTrack.from(handle)
const counts = { taken: 0, refused: 0, waiting: 0 }

for (let round = 0; round < rounds; round++) {
  const [width, height] = [2 + (round % 61), 2 + ((round * 7) % 47)]
  const size = { width, height, format: 'gray8' }
  const image = () => ({ ...size, data: new Uint8Array(width * height).fill(round) })
  switch (round % 4) {
    case 0:
      producer.addImage(image()) ? counts.taken++ : counts.refused++
      break
    case 1: {
      const allocated = producer.allocate(size)
      allocated.data.fill(round)
      producer.addImage(allocated) ? counts.taken++ : counts.refused++
      break
    }
    case 2:
      producer.allocate({ ...size, format: 'rgba' }).discard()
      break
    case 3:
      counts.waiting++
      await producer.addImageAsync(round % 8 < 4 ? image() : fill(producer.allocate(size), round))
      counts.taken++
      counts.waiting--
  }
  if (round % 20 === 0) await new Promise((resolve) => setImmediate(resolve))
}
parentPort.postMessage(counts)

function fill(allocated, value) {
  allocated.data.fill(value)
  return allocated
}
