import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Browser, launchChromium } from '../support/browser.js'
import { Reel, readCode } from '../support/images.js'
import { createServer, LOCAL, type PixelcastServer, urlOf, whepUrl } from '../support/pixelcast.js'
import { type Player, Stage } from '../support/player.js'
import { TurnServer } from '../support/turn-server.js'
import { freeUdpPort, UdpForwarder } from '../support/udp-forwarder.js'
import { waitForPicture } from '../support/viewer-page.js'
import { every, until } from '../support/wait.js'

const TRACK = 'numbers'
let browser: Browser
let stage: Stage

beforeAll(async () => {
  browser = await launchChromium()
  stage = await Stage.open(browser)
})
afterAll(async () => {
  await stage?.close()
  await browser?.close()
})

/** A server with numbered images, and what ends both. */
async function serve(ice: object): Promise<{ server: PixelcastServer; stop: () => Promise<void> }> {
  const server = await createServer({ port: 0, host: '127.0.0.1', ice: { bindAddress: '127.0.0.1', ...ice } })
  const track = server.addTrack(TRACK)
  const reel = new Reel(640, 480)
  const stopPushing = every(30, (index) => track.addImage(reel.image(index + 1)))
  return {
    server,
    stop: async () => {
      stopPushing()
      await server.close()
    },
  }
}

/** Leaves of an answer's candidates those that contain a text. */
const onlyCandidates = (part: string) => (answer: string) =>
  answer
    .split('\r\n')
    .filter((line) => !line.startsWith('a=candidate:') || line.includes(part))
    .join('\r\n')

async function shows(player: Player): Promise<void> {
  await player.waitFor('numbered pictures', '({ value, frames }) => value > 0 && frames > 20')
}

const candidatesOf = (answer: string) => answer.match(/a=candidate:.*/g) ?? []

describe('behind a NAT, or in a container', () => {
  it('viewers come by the advertised address, with another port', async () => {
    const udpPort = await freeUdpPort()
    const forwarder = await UdpForwarder.open(udpPort)
    const advertised = `127.0.0.1 ${forwarder.port} typ host`
    const { server, stop } = await serve({ udpPort, advertise: [`127.0.0.1:${forwarder.port}`] })
    try {
      const player = await stage.play(whepUrl(server, TRACK), { edit: onlyCandidates(advertised) })
      expect(candidatesOf(player.answer).map((line) => line.includes(advertised))).toEqual([true, false])
      await shows(player)
      expect(forwarder.packets).toBeGreaterThan(0)
      await player.leave()
    } finally {
      await stop()
      forwarder.close()
    }
  })
})

describe('with IPv6 alone', () => {
  // Chromium alone: Firefox sends no check to ::1, whatever its preferences say.
  it('a page shows the track by ::1', async () => {
    const server = await createServer({ port: 0, host: '::1', ice: { bindAddress: '::1' } })
    const track = server.addTrack(TRACK)
    const reel = new Reel(640, 480)
    const stopPushing = every(30, (index) => track.addImage(reel.image(index + 1)))
    const page = await browser.open(new URL(`view/${TRACK}`, urlOf(server)).href)
    try {
      expect(urlOf(server)).toMatch(/^http:\/\/\[::1\]:/)
      await waitForPicture(page, 'the numbered picture over IPv6', (image) => (readCode(image) ?? 0) > 0)
    } finally {
      await page.close()
      stopPushing()
      await server.close()
    }
  })
})

describe.skipIf(!TurnServer.isInstalled)('with a TURN server (coturn)', () => {
  let turn: TurnServer
  beforeAll(async () => {
    turn = await TurnServer.start()
  })
  afterAll(() => turn?.stop())

  it('<pixelcast-view> finds the way when no direct path is left', async () => {
    const url = `turn:127.0.0.1:${turn.port}?transport=udp`
    const { server, stop } = await serve({ servers: [{ url, secret: TurnServer.secret, for: 'viewers' }] })
    const page = await browser.open(urlOf(server))
    try {
      // As in a network that lets nothing through but to the relay.
      await page.evaluate(`(async () => {
        await import('/assets/pixelcast-view.js')
        const Original = RTCPeerConnection
        globalThis.connections = []
        globalThis.RTCPeerConnection = class extends Original {
          constructor(configuration) {
            super({ ...configuration, iceTransportPolicy: 'relay' })
            connections.push(this)
          }
        }
        const view = document.createElement('pixelcast-view')
        view.setAttribute('src', 'whep/${TRACK}')
        document.body.replaceChildren(view)
      })()`)
      await until('the picture', () =>
        page.evaluate<boolean>(
          "(() => { const view = document.querySelector('pixelcast-view'); return view.viewer?.transport === 'webrtc' && view.video.videoWidth > 0 })()",
        ),
      )
      const seen = await page.evaluate<{ attempts: number; types: string[] }>(`(async () => {
        const stats = [...(await connections.at(-1).getStats()).values()]
        const pair = stats.find((s) => s.type === 'candidate-pair' && s.nominated)
        const local = stats.find((s) => s.id === pair.localCandidateId)
        return { attempts: connections.length, types: [local.candidateType, local.relayProtocol] }
      })()`)
      expect(seen).toEqual({ attempts: 2, types: ['relay', 'udp'] })
    } finally {
      await page.close()
      await stop()
    }
  })

  it('is named to viewers in a Link, never with the secret', async () => {
    const link = `<turn:127.0.0.1:${turn.port}>`
    const { server, stop } = await serve({
      servers: [{ url: link.slice(1, -1), secret: 'wrong', for: 'viewers' }],
    })
    try {
      const player = await stage.play(whepUrl(server, TRACK))
      await shows(player)
      await player.leave()
      const response = await fetch(whepUrl(server, TRACK), {
        method: 'POST',
        headers: { 'content-type': 'application/sdp' },
        body: player.offer,
      })
      const header = response.headers.get('link') ?? ''
      expect(header).toContain(`${link}; rel="ice-server"; username="`)
      expect(header).not.toContain('wrong')
    } finally {
      await stop()
    }
  })
})

describe('over HTTPS', () => {
  it('a page shows the track, with a certificate of the files', async () => {
    const file = (name: string) => join(import.meta.dirname, '../fixtures/tls', name)
    const tls = { certFile: file('first-cert.pem'), keyFile: file('first-key.pem') }
    const server = await createServer({ ...LOCAL, tls })
    const track = server.addTrack(TRACK)
    track.addImage(new Reel(640, 480).image(7))
    // A certificate that nobody has signed, which a person would have to accept.
    const trusting = await launchChromium('--ignore-certificate-errors')
    try {
      expect(server.url).toMatch(/^https:/)
      const page = await trusting.open(new URL(`view/${TRACK}`, urlOf(server)).href)
      await waitForPicture(page, 'the number', (image) => readCode(image) === 7)
      expect(await page.evaluate('isSecureContext && location.protocol')).toBe('https:')
    } finally {
      await trusting.close()
      await server.close()
    }
  })
})
