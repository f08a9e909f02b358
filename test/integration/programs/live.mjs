// A program with two tracks that a supervisor starts again: what is shown says which second it is.
import { createServer } from '../../../dist/index.js'

const [port, token] = process.argv.slice(2)
const access = { tokens: [{ token }] }
const server = await createServer({ port: Number(port), ice: { bindAddress: '127.0.0.1' }, access })
const live = server.addTrack('live')
const still = server.addTrack('still')
const [width, height] = [640, 360]
const data = new Uint8Array(width * height)
still.addImage({ data: data.fill(150), width, height, format: 'gray8' })
setInterval(() => {
  // Between 40 and 215, and another one each second: whoever sees the right one sees a picture of now.
  data.fill(40 + (Math.floor(Date.now() / 1000) % 8) * 25)
  live.addImage({ data, width, height, format: 'gray8' })
}, 33)
console.log(`pid ${process.pid}`)
