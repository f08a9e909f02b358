// A server whose engine fails when the test says so (see engine-bomb.mjs); run by robustness/restart.test.ts.
import { BroadcastChannel } from 'node:worker_threads'
import { createServer } from '../../../dist/index.js'

const [restart] = process.argv.slice(2)
const server = await createServer({
  port: 0,
  ice: { bindAddress: '127.0.0.1' },
  ingest: true,
  restart: restart !== 'never',
})
const seen = []
for (const event of ['error', 'restart', 'close'])
  server.on(event, (error) => seen.push({ event, message: error?.message }))
const still = server.addTrack('still')
still.addControl({ name: 'gain', max: 9, value: 4 })
const data = new Uint8Array(320 * 240 * 3).fill(200)
still.addImage({ data, width: 320, height: 240, format: 'bgr24' })
const live = server.addTrack('live')
// As a program does that knows nothing of all this.
let pushed = 0
const produce = async () => {
  for (;;) {
    await live.addImageAsync({ data: data.fill(pushed & 255), width: 320, height: 240, format: 'bgr24' })
    pushed++
    await new Promise((resolve) => setTimeout(resolve, 33))
  }
}
produce().catch((error) => seen.push({ event: 'producer', message: error.message }))

const tickets = [await server.createTicket(), await server.createTicket()].map(({ url }) => url)
const bomb = new BroadcastChannel('engine-bomb')
process.on('message', (word) => {
  if (word === 'fail') bomb.postMessage(word)
  if (word === 'close') server.close().then(() => process.exit())
  if (word === 'add') server.addTrack(`more-${server.tracks.length}`)
  process.send({
    url: server.url,
    tickets,
    seen,
    pushed,
    tracks: server.tracks.map(({ name }) => name),
    closed: still.closed,
    viewers: still.stats.viewers + live.stats.viewers,
  })
})
process.send({ url: server.url })
