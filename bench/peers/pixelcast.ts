// pixelcast as its users have it: a server, a track, addImage; options at their defaults.
import { createServer } from '../../dist/index.js'
import type { RgbaImage } from '../../test/support/images.js'
import { announce, listen, Producer, readFlags } from './node-peer.js'

const flags = readFlags()
const { width, height, bitrate, whip } = flags

const server = await createServer({ port: 0, host: '127.0.0.1', ice: { bindAddress: '127.0.0.1' } })
// Viewers that count packets report nothing, so the rate asked for has to be the least as well as the most.
const rates = bitrate === undefined ? {} : { maxBitrate: bitrate, minBitrate: bitrate }
const track = server.addTrack('bench', { ...rates, control: 'anyone' })
track.on('error', (error) => console.error(error))
server.on('error', (error) => console.error(error))

const push =
  flags.producer === 'allocate'
    ? () => {
        // The pixels count as drawn in place by the application, so the drawing is not part of the cost.
        const image = track.allocate({ width, height, format: 'rgba' })
        return track.addImage(image)
      }
    : (image: RgbaImage) => track.addImage(image)

const producer = new Producer(flags, push)
let inputs = 0
track.on('pointer', () => inputs++)
track.on('key', ({ type, key }) => {
  inputs++
  if (flags.producer === 'answer' && type === 'down') producer.answer(Number(key))
})
const control = await listen(producer, undefined, () => ({ encoders: encodersRunning(), inputs }))
producer.start()
if (whip !== undefined) {
  const token = process.env.PIXELCAST_WHIP_TOKEN
  await track.publish({ url: whip, bindAddress: '127.0.0.1', ...(token && { token }) })
}
announce({ offer: new URL('whep/bench', server.url).href, control })

/** Encoders of the track that run now: one for each codec and size that somebody watches. */
function encodersRunning(): number {
  return track.stats.encoders
}
