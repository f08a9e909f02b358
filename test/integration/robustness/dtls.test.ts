import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type HeadlessReceiver, startHeadlessReceiver } from '../../support/headless-receiver/index.js'
import { endSession, mediaPort, OFFER, postOffer } from '../../support/offer.js'
import { createServer, LOCAL, type PixelcastServer, whepUrl } from '../../support/pixelcast.js'
import { freeUdpPort } from '../../support/udp-forwarder.js'
import { every, until } from '../../support/wait.js'

/** The first flight of either side, recorded (test/fixtures/dtls). */
const FLIGHTS = ['client-hello', 'hello-verify-request'].map((name) =>
  Buffer.from(
    readFileSync(new URL(`../../fixtures/dtls/${name}.txt`, import.meta.url), 'utf8').trim(),
    'base64',
  ),
)

let receiver: HeadlessReceiver
let stranger: Socket
const answers: Buffer[] = []
let sent = 0
beforeAll(async () => {
  receiver = await startHeadlessReceiver()
  stranger = createSocket('udp4', (message) => answers.push(message))
  stranger.bind(0, '127.0.0.1')
  await once(stranger, 'listening')
})
afterAll(async () => {
  stranger.close()
  await receiver.kill()
})

function shout(port: number): void {
  for (const flight of FLIGHTS) stranger.send(flight, port, '127.0.0.1', () => sent++)
}

describe.each(['a port for each session', 'one port for all'])(
  'DTLS from an address that ICE has not validated, %s',
  (kind) => {
    let server: PixelcastServer
    let stop: () => void
    let ports: readonly number[]
    beforeAll(async () => {
      const portRange = await freeUdpPorts()
      const [udpPort] = portRange
      ports = kind === 'one port for all' ? [udpPort] : portRange
      const ice = kind === 'one port for all' ? { udpPort } : { portRange }
      server = await createServer({ ...LOCAL, ice: { ...LOCAL.ice, ...ice } })
      const track = server.addTrack('cam')
      const image = { data: new Uint8Array(64 * 48), width: 64, height: 48, format: 'gray8' } as const
      stop = every(30, (index) => track.addImage({ ...image, data: image.data.fill(index) }))
    })
    afterAll(async () => {
      stop()
      await server.close()
    })

    it('is not answered, and the viewer does not notice', async () => {
      const url = whepUrl(server, 'cam')
      // Of the two roles that the server can have: here it is the one that waits for a ClientHello.
      const passive = await postOffer(url, { sdp: OFFER.replaceAll('a=setup:actpass', 'a=setup:active') })
      const sdp = await passive.text()
      expect(sdp).toContain('a=setup:passive')
      expect(ports).toContain(mediaPort(sdp))
      const shouting = every(50, () => ports.forEach(shout))
      await receiver.call('open', { url: url.href, count: 1, codec: 'vp8' })
      const viewer = (await receiver.call('stats')).length - 1
      const framesOf = async () => (await receiver.call('stats'))[viewer]!.frames
      const before = await framesOf()
      await until('further frames', async () => (await framesOf()) > before + 30)
      shouting()
      await endSession(passive)
      expect((await receiver.call('stats'))[viewer]).toMatchObject({ state: 'connected', missing: 0 })
      expect(sent).toBeGreaterThan(20)
      expect(answers).toEqual([])
    })
  },
)

/** Two neighbours, free on loopback. */
async function freeUdpPorts(): Promise<[number, number]> {
  for (;;) {
    const port = await freeUdpPort()
    const next = createSocket('udp4').bind(port + 1, '127.0.0.1')
    const isFree = await Promise.race([
      once(next, 'listening').then(() => true),
      once(next, 'error').then(() => false),
    ])
    await new Promise<void>((resolve) => next.close(() => resolve()))
    if (isFree) return [port, port + 1]
  }
}
