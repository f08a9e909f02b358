import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { RelayServer } from '../network/relay-server.js'
import { type Browser, launch } from '../support/browser.js'
import { grainyTexture, Reel } from '../support/images.js'
import {
  createLocalServer,
  type ImageTrack,
  type PixelcastServer,
  type RemoteViewer,
  urlOf,
} from '../support/pixelcast.js'
import { type Player, Stage } from '../support/player.js'
import { every, pause, until } from '../support/wait.js'

// Chromium behind networks that are too slow for the images. How well it goes is what
// `npm run bench:networks` measures; this says that it goes on.

const MBIT = 1_000_000
const LINK = { delay: 20, queue: 300 }
const WAY_BACK = { delay: 20 }
const FPS = 30

describe('a viewer behind a network', () => {
  let browser: Browser
  let server: PixelcastServer
  let stage: Stage
  let track: ImageTrack
  let stop: () => void
  const networks: RelayServer[] = []
  const players = new Set<Player>()
  const viewers: RemoteViewer[] = []

  beforeAll(async () => {
    browser = await launch('chromium')
    server = await createLocalServer()
    stage = await Stage.open(browser)
    track = server.addTrack('grain')
    track.on('viewer', (viewer) => viewers.push(viewer))
    const reel = new Reel(1280, 720, 16, grainyTexture)
    stop = every(FPS, (index) => track.addImage(reel.image(index + 1)))
  })
  afterEach(async () => {
    for (const player of players) await leave(player)
    await until('no viewer left', () => track.stats.viewers === 0)
  })
  afterAll(async () => {
    stop?.()
    await stage?.close()
    await browser?.close()
    for (const network of networks) await network.close()
    await server?.close()
  })

  const join = async (rate: number): Promise<{ player: Player; network: RelayServer }> => {
    const network = await RelayServer.start(urlOf(server), { down: { ...LINK, rate }, up: WAY_BACK })
    networks.push(network)
    const player = await stage.play(new URL(`whep/${track.name}`, network.url))
    players.add(player)
    await player.started()
    return { player, network }
  }

  const leave = async (player: Player) => {
    players.delete(player)
    await player.leave()
  }

  const newest = () => viewers.at(-1)!
  const isFast = async () => ((await newest().stats())?.estimate ?? 0) > 2 * MBIT
  /** How much of what was pushed in that time a viewer has decoded, and what the server left out for it. */
  const look = async (player: Player, viewer: RemoteViewer, time: number) => {
    const read = async () => {
      const [{ framesDecoded }, stats] = await Promise.all([player.stats(), viewer.stats()])
      return {
        decoded: framesDecoded,
        pushed: track.stats.pushed,
        dropped: stats?.framesDropped ?? Number.NaN,
      }
    }
    const before = await read()
    await pause(time)
    const after = await read()
    const share = (after.decoded - before.decoded) / (after.pushed - before.pushed)
    return { share, dropped: after.dropped - before.dropped, inAll: after.dropped }
  }

  it('keeps seeing new images after the link fell from 20 to 1 Mbit/s', async () => {
    const { player, network } = await join(20 * MBIT)
    await until('something to fall from', isFast)
    network.change({ down: { rate: 1 * MBIT } })
    await pause(3000)
    const bytes = () => network.relays.reduce((sum, { stats }) => sum + stats.bytes, 0)
    const from = { at: performance.now(), bytes: bytes() }
    const known = new Set((await player.frames()).map(({ value }) => value))
    for (let window = 0; window < 4; window++) {
      await pause(2000)
      const fresh = (await player.frames()).filter(({ value }) => value !== null && !known.has(value))
      expect(fresh.length, `new images in window ${window}`).toBeGreaterThanOrEqual(5)
      for (const { value } of fresh) known.add(value)
    }
    const rate = ((bytes() - from.bytes) * 8000) / (performance.now() - from.at)
    // Everything went through the relay, and the relay is what it is said to be.
    expect(rate).toBeGreaterThan(0.2 * MBIT)
    expect(rate).toBeLessThan(1.05 * MBIT)
  })

  it('on a fast link does not notice one on a slow link, who has an encoder as long as it watches', async () => {
    const { player: fast } = await join(20 * MBIT)
    const viewer = newest()
    await until('the way to be known', isFast)
    const before = await look(fast, viewer, 2000)
    const { player: slow } = await join(MBIT / 2)
    await until('an encoder for each', () => track.stats.encoders === 2)
    const among = await look(fast, viewer, 4000)
    expect(track.stats.encoders).toBe(2)
    const [first, second] = await Promise.all(viewers.slice(-2).map((viewer) => viewer.stats()))
    expect(first).toMatchObject({ codec: 'h264', scale: 1 })
    expect(first?.estimate).toBeGreaterThan(2 * MBIT)
    expect(second?.scale).toBeGreaterThan(1)
    expect(second?.estimate).toBeLessThan(MBIT)
    expect(second?.keyframes).toMatchObject({ joined: 1 })
    // The relay's 20 ms each way, and what waits in the queue.
    expect(second?.roundTripTime).toBeGreaterThan(30)
    await leave(slow)
    await until('one encoder', () => track.stats.encoders === 1)
    expect(await viewers.at(-1)?.stats()).toBeUndefined()
    // A machine that is busy with other things takes from both: 25 of 30 images a second, and none left out, when
    // somebody alone has them all.
    const after = await look(fast, viewer, 2000)
    expect(among.share / ((before.share + after.share) / 2)).toBeGreaterThanOrEqual(25 / FPS)
    // Also while the other one came.
    expect(among.inAll - before.inAll).toBeLessThanOrEqual(before.dropped + after.dropped)
  })
})
