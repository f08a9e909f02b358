import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RelayServer } from '../network/relay-server.js'
import { type Browser, launch } from '../support/browser.js'
import { LiveKit } from '../support/engines/livekit.js'
import { medianLatency, startTimedSource } from '../support/engines/timed-source.js'
import { createLocalServer, type ImageTrack, type PixelcastServer, whepUrl } from '../support/pixelcast.js'
import { type Player, Stage } from '../support/player.js'
import { pause, until } from '../support/wait.js'

const LOCAL = { bindAddress: '127.0.0.1' } as const
const ROOM = 'room'
let count = 0

describe.skipIf(!LiveKit.path)('LiveKit', () => {
  let liveKit: LiveKit
  let server: PixelcastServer
  let track: ImageTrack
  let browser: Browser
  let stage: Stage
  let stopSource: () => void

  beforeAll(async () => {
    liveKit = await LiveKit.start()
    server = await createLocalServer()
    track = server.addTrack('camera')
    stopSource = startTimedSource(track)
    browser = await launch('chromium')
    stage = await Stage.open(browser, [
      new URL('../../node_modules/livekit-client/dist/livekit-client.umd.js', import.meta.url),
      new URL('../support/page/livekit.js', import.meta.url),
    ])
  })

  afterAll(async () => {
    stopSource?.()
    await stage?.close()
    await browser?.close()
    await server?.close()
    await liveKit?.kill()
  })

  const publish = (url = liveKit.whipUrl) =>
    track.publish({ url, token: liveKit.token(ROOM, 'publisher'), ...LOCAL })

  const watch = (): Promise<Player> =>
    stage.show('(a) => livekit.join(a)', {
      url: liveKit.url,
      token: liveKit.token(ROOM, `viewer-${++count}`),
    })

  /** Waits until images that were made from now on are seen. */
  async function seesNewImages(player: Player): Promise<void> {
    const from = (await player.state()).frames
    await until(
      'new frames',
      async () => (await player.frames(from)).filter(({ value }) => value !== null).length > 10,
    )
  }

  it('shows what is published in Chromium, beside a local viewer of the same encoding', async () => {
    const publication = await publish()
    expect(publication.state).toBe('connected')
    const remote = await watch()
    const local = await stage.play(whepUrl(server, 'camera'), { codec: 'h264' })
    await Promise.all([seesNewImages(remote), seesNewImages(local)])
    expect(track.stats.encoders).toBe(1)
    const froms = [(await remote.state()).frames, (await local.state()).frames] as const
    await until('a hundred frames of both', async () => (await remote.state()).frames > froms[0] + 100)
    const latencies = {
      remote: medianLatency(await remote.frames(froms[0])),
      local: medianLatency(await local.frames(froms[1])),
    }
    console.log('LiveKit: ms from push to screen', latencies, 'stats', await publication.stats())
    await local.leave()
    await remote.vanish()
    await publication.close()
  })

  it('gets the stream again when the source starts again', async () => {
    await (await publish()).close()
    const publication = await publish()
    const remote = await watch()
    await seesNewImages(remote)
    await remote.vanish()
    await publication.close()
  })

  it('refuses a wrong token with a clear error, and is not asked again', async () => {
    const relay = await RelayServer.start(liveKit.whipUrl)
    const token = liveKit.token(ROOM, 'publisher', 'another-secret-of-32-characters-at-least')
    const refused = await track
      .publish({ url: `${relay.url}whip/v1`, token, ...LOCAL })
      .catch((error) => error)
    console.log(refused)
    expect(refused).toMatchObject({ code: 'ERR_PUBLISH', status: 401 })
    await pause(2_000)
    expect(relay.requests).toEqual(['POST'])
    await relay.close()
  })

  it('has the stream back soon after it was killed and started again', async () => {
    const publication = await publish()
    const states: string[] = []
    publication.on('waiting', (error) => states.push(error.message))
    const first = await watch()
    await seesNewImages(first)
    await first.vanish()
    const killed = performance.now()
    await liveKit.kill()
    await liveKit.start()
    const listening = performance.now()
    await until('it is connected again', () => states.length > 0 && publication.state === 'connected')
    const connected = performance.now()
    const remote = await watch()
    await seesNewImages(remote)
    console.log(
      'LiveKit killed: listens again',
      listening - killed,
      'connected',
      connected - killed,
      'ms after',
      states,
    )
    expect(connected - listening).toBeLessThan(5_000)
    await remote.vanish()
    await publication.close()
  })

  it('is published to through a link of 1 Mbit/s', async () => {
    const relay = await RelayServer.start(liveKit.whipUrl, {
      up: { rate: 1_000_000, delay: 20 },
      down: { delay: 20 },
    })
    const publication = await publish(`${relay.url}whip/v1`)
    const remote = await watch()
    await seesNewImages(remote)
    await pause(8_000) // the estimate has to find its place
    const from = (await remote.state()).frames
    await pause(5_000)
    const frames = await remote.frames(from)
    const stats = await publication.stats()
    console.log('LiveKit behind 1 Mbit/s: fps', frames.length / 5, 'ms', medianLatency(frames), stats)
    expect(frames.length).toBeGreaterThan(75)
    expect(stats?.estimate).toBeLessThan(1_300_000)
    expect(stats?.loss).toBeLessThan(0.1)
    await remote.vanish()
    await publication.close()
    await relay.close()
  })
})
