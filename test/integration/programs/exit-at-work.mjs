// A program that closes what the engine is working for and ends at once, as many signal handlers do; run by
// robustness/exit.test.ts in a process of its own.
import { createServer } from '../../../dist/index.js'

const [mode] = process.argv.slice(2)
const server = await createServer({ port: 0, ice: { bindAddress: '127.0.0.1' } })
const track = server.addTrack('exit')
// Large and noisy: one picture keeps the encoder busy for a good part of a second.
const image = { data: new Uint8Array(2560 * 1440 * 4), width: 2560, height: 1440, format: 'rgba' }
for (let at = 0, state = 1; at < image.data.length; at += 3) {
  state = (state * 1103515245 + 12345) & 0x7fffffff
  image.data[at] = state >> 16
}
track.addImage(image)
const producer = setInterval(() => track.addImage(image), 10)

process.send({ url: server.url })
await new Promise((resolve) => process.once('message', resolve))
clearInterval(producer)

switch (mode) {
  case 'server':
    server.close()
    break
  case 'track':
    track.close()
    break
  case 'snapshot':
    fetch(new URL('tracks/exit/snapshot.png', server.url)).catch(() => {})
    await new Promise((resolve) => setTimeout(resolve, 60)) // until it is being encoded
    await track.close()
    break
  default:
    throw new Error(`unknown mode ${mode}`)
}
process.exit(7)
