import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RelayServer } from '../../network/relay-server.js'
import { type Browser, launch } from '../browser.js'
import { createLocalServer, type ImageTrack, type PixelcastServer, whepUrl } from '../pixelcast.js'
import { type Player, Stage } from '../player.js'
import { pause, until } from '../wait.js'
import { simulcastCases } from './simulcast-cases.js'
import { medianLatency, startTimedSource } from './timed-source.js'

/** An engine that a test has started, and may kill and start again on the same ports. */
export interface RunningEngine {
  readonly whipUrl: string
  /** Where its media are. */
  readonly address: string
  readonly token: string
  readonly wrongToken: string
  /** The status it refuses a wrong token with. */
  readonly refusal: number
  start(): Promise<void>
  /** Without a word to anybody. */
  kill(): Promise<void>
  close(): Promise<void>
  /** Somebody who watches what is published, through the engine. */
  watch(stage: Stage): Promise<Player>
  /** Somebody who watches wants another rung of what is published. */
  choose?(player: Player, quality: 'low' | 'medium' | 'high'): Promise<void>
}

export interface EngineOptions {
  /** For the page that watches. */
  readonly scripts?: readonly URL[]
  /** Whether it takes rungs, and gives each viewer the one that it asks for. */
  readonly simulcast?: boolean
}

/** What has to hold with every engine. What was measured is written to the console. */
export function describeEngine(
  name: string,
  isThere: boolean,
  start: () => Promise<RunningEngine>,
  { scripts = [], simulcast = false }: EngineOptions = {},
): void {
  describe.skipIf(!isThere)(name, () => {
    let engine: RunningEngine
    let server: PixelcastServer
    let track: ImageTrack
    let browser: Browser
    let stage: Stage
    let stopSource: () => void

    const say = (what: string, numbers: Readonly<Record<string, unknown>>): void =>
      console.log(`${name}, ${what}: ${JSON.stringify(numbers)}`)

    beforeAll(async () => {
      engine = await start()
      server = await createLocalServer()
      track = server.addTrack('camera')
      stopSource = startTimedSource(track)
      browser = await launch('chromium')
      stage = await Stage.open(browser, scripts)
    })

    afterAll(async () => {
      stopSource?.()
      await stage?.close()
      await browser?.close()
      await server?.close()
      await engine?.close()
    })

    const publish = (url = engine.whipUrl) =>
      track.publish({ url, token: engine.token, bindAddress: engine.address })

    /** Waits until images that were made from now on are seen; their numbers are in their pixels. */
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
      const remote = await engine.watch(stage)
      const local = await stage.play(whepUrl(server, 'camera'), { codec: 'h264' })
      await Promise.all([seesNewImages(remote), seesNewImages(local)])
      // While an estimate is still low there may be a smaller rung for it.
      await until('one encoder for both', () => track.stats.encoders === 1)
      const [ofRemote, ofLocal] = [(await remote.state()).frames, (await local.state()).frames]
      await until('a hundred frames', async () => (await remote.state()).frames > ofRemote + 100)
      const through = medianLatency(await remote.frames(ofRemote))
      const direct = medianLatency(await local.frames(ofLocal))
      const { estimate, loss, roundTripTime, longestStall } = (await publication.stats()) ?? {}
      say('ms from push to screen', {
        through,
        direct,
        added: through - direct,
        estimate,
        loss,
        roundTripTime,
        longestStall,
      })
      await local.leave()
      await remote.vanish()
      await publication.close()
    })

    it('has the stream again when the source starts again', async () => {
      await (await publish()).close()
      const publication = await publish()
      const remote = await engine.watch(stage)
      await seesNewImages(remote)
      await remote.vanish()
      await publication.close()
    })

    it('refuses a wrong token, is not asked again, and its words are shown', async () => {
      const relay = await RelayServer.start(engine.whipUrl)
      const url = new URL(new URL(engine.whipUrl).pathname, relay.url)
      const refused = await track
        .publish({ url, token: engine.wrongToken, bindAddress: engine.address })
        .catch((error) => error)
      expect(refused).toMatchObject({ code: 'ERR_PUBLISH', status: engine.refusal })
      say('refused', { message: refused.message })
      await pause(2_000)
      expect(relay.requests.filter((method) => method !== 'OPTIONS')).toEqual(['POST'])
      await relay.close()
    })

    it('has the stream back within 5 s after it was killed and started again', async () => {
      const publication = await publish()
      const reasons: string[] = []
      publication.on('waiting', (error) => reasons.push(error.message))
      const first = await engine.watch(stage)
      await seesNewImages(first)
      await first.vanish()
      const killed = performance.now()
      await engine.kill()
      await engine.start()
      const listens = performance.now()
      await until('it is connected again', () => reasons.length > 0 && publication.state === 'connected')
      const connected = performance.now()
      const remote = await engine.watch(stage)
      await seesNewImages(remote)
      say('killed; ms after that', { listens: listens - killed, connected: connected - killed, reasons })
      expect(connected - listens).toBeLessThan(5_000)
      await remote.vanish()
      await publication.close()
    })

    it('is published to through a link of 1 Mbit/s', async () => {
      const relay = await RelayServer.start(engine.whipUrl, {
        host: engine.address,
        up: { rate: 1_000_000, delay: 20 },
        down: { delay: 20 },
      })
      const publication = await publish(new URL(new URL(engine.whipUrl).pathname, relay.url).href)
      const remote = await engine.watch(stage)
      await seesNewImages(remote)
      await pause(6_000) // the estimate has to find its place
      const from = (await remote.state()).frames
      await pause(4_000)
      const frames = await remote.frames(from)
      const {
        estimate = 0,
        loss = 1,
        acknowledged,
        queueDelay,
        framesDropped,
      } = (await publication.stats()) ?? {}
      const measured = { fps: frames.length / 4, latency: medianLatency(frames) }
      say('1 Mbit/s', { ...measured, estimate, loss, acknowledged, queueDelay, framesDropped })
      expect(measured.fps).toBeGreaterThan(15)
      expect(estimate).toBeLessThan(1_300_000)
      expect(loss).toBeLessThan(0.1)
      await remote.vanish()
      await publication.close()
      await relay.close()
    })

    if (simulcast) simulcastCases(() => ({ engine, server, stage }), say)
  })
}
