// A program with a viewer, that ends in one of several ways; run by exit.test.ts in a process of its own.
import { createServer } from '../../../dist/index.js'

const [mode] = process.argv.slice(2)
const server = await createServer({ port: 0, ice: { bindAddress: '127.0.0.1' } })
const track = server.addTrack('exit')
const image = { data: new Uint8Array(320 * 240 * 3), width: 320, height: 240, format: 'bgr24' }
let shade = 0
const producer = setInterval(() => {
  image.data.fill(shade++ & 255)
  track.addImage(image)
}, 10)

// The viewer is told where to connect, and says when it sees frames.
process.send({ url: server.url })
await new Promise((resolve) => process.once('message', resolve))

switch (mode) {
  case 'close':
    clearInterval(producer)
    await server.close()
    process.disconnect()
    break
  case 'exit':
    process.exit(3)
    break
  case 'throw':
    setTimeout(() => {
      throw new Error('as a program may')
    })
    break
  case 'leave-open':
    // Nothing but the server keeps the process alive; the test ends it by a signal.
    process.disconnect()
    process.on('SIGTERM', () => server.close().then(() => clearInterval(producer)))
    break
  default:
    throw new Error(`unknown mode ${mode}`)
}
