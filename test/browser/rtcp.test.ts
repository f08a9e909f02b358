import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Child } from '../support/child.js'
import {
  fullIntraRequest,
  genericNack,
  type HeadlessReceiver,
  pictureLossIndication,
  startHeadlessReceiver,
  type ViewerStats,
} from '../support/headless-receiver/index.js'
import type { ServerProcessApi } from '../support/server-process.js'
import { pause, until } from '../support/wait.js'
import { isWhole } from '../support/whole.js'

describe.each(['h264', 'vp8'] as const)('RTCP from a viewer of %s', (codec) => {
  let server: Child<ServerProcessApi>
  let receiver: HeadlessReceiver
  let viewer: number

  const stats = async (of = viewer): Promise<ViewerStats> => (await receiver.call('stats'))[of]!
  const framesFlow = async (of = viewer) => {
    const { frames } = await stats(of)
    await until('20 more frames', async () => (await stats(of)).frames >= frames + 20)
  }

  beforeAll(async () => {
    server = await Child.start<ServerProcessApi>('test/support/server-process.ts')
    receiver = await startHeadlessReceiver()
    const url = new URL('whep/numbers', await server.call('open', { port: 0, track: 'numbers' })).href
    await server.call('produce', { width: 640, height: 360, fps: 30 })
    viewer = (await receiver.call('open', { url, count: 2, codec }))[0]!
    await until('media', async () => (await stats()).ssrc !== 0)
  })
  afterAll(async () => {
    await receiver?.kill()
    await server?.kill()
  })

  it.each([
    ['PLI', (ssrc: number) => pictureLossIndication(1, ssrc)],
    ['FIR', (ssrc: number) => fullIntraRequest(1, ssrc, 7)],
  ])('%s brings a keyframe', async (_, request) => {
    const { keyframes, ssrc } = await stats()
    await receiver.call('sendRtcp', { viewer, packet: request(ssrc) })
    await until('a keyframe', async () => (await stats()).keyframes > keyframes)
  })

  it('many PLI at once bring few keyframes, and not one picture after another', async () => {
    const { ssrc } = await stats()
    await pause(500) // Past what the requests before may still bring.
    await receiver.call('reset')
    for (let i = 0; i < 20; i++)
      await receiver.call('sendRtcp', { viewer, packet: pictureLossIndication(1, ssrc) })
    await framesFlow()
    const { keyframes } = await stats()
    expect(keyframes).toBeGreaterThanOrEqual(1)
    expect(keyframes).toBeLessThanOrEqual(2)
  })

  it('NACK brings every lost packet again, on the RTX stream', async () => {
    await receiver.call('reset')
    await receiver.call('loseAndAsk', { viewer, oneIn: 10 })
    await until('30 retransmissions', async () => (await stats()).retransmitted >= 30)
    await receiver.call('loseAndAsk', { viewer, oneIn: 1_000_000_000 })
    await until('nothing to be missing', async () => (await stats()).missing === 0)
    expect((await stats(viewer + 1)).retransmitted, 'to a viewer who asked for nothing').toBe(0)
  })

  // What holds it back stands before the codecs.
  it.skipIf(codec === 'vp8' && !isWhole)(
    'a flood of PLI and NACKs of everything harms nobody else',
    async () => {
      const other = viewer + 1
      const measure = async (seconds: number) => {
        await receiver.call('reset')
        const cpu = await server.call('cpu')
        const start = performance.now()
        await pause(seconds * 1000)
        const time = (performance.now() - start) / 1000
        return {
          time,
          cpu: ((await server.call('cpu')) - cpu) / time,
          flooder: await stats(),
          other: await stats(other),
        }
      }
      const quiet = await measure(3)
      await receiver.call('flood', { viewer, perSecond: 200 })
      try {
        // What is passed on at once has passed then.
        await pause(2_500)
        const flooded = await measure(5)
        // It was heard …
        expect(flooded.flooder.keyframes).toBeGreaterThanOrEqual(2)
        expect(flooded.flooder.retransmitted).toBeGreaterThan(100)
        // … but no more than each of them may be: what is sent again takes half of the viewer's rate at most.
        expect(flooded.other.keyframes / flooded.time).toBeLessThan(1.2)
        const rates = (await server.call('viewerStats')).map((viewer) => viewer?.estimate ?? 0)
        const most = (0.6 * Math.max(...rates) * flooded.time) / 8
        expect(flooded.flooder.bytes - flooded.other.bytes).toBeLessThan(most)
        expect(flooded.other.frames / flooded.time).toBeGreaterThan(25)
        expect(flooded.other.retransmitted).toBe(0)
        expect(flooded.cpu / quiet.cpu).toBeLessThan(3)
      } finally {
        await receiver.call('flood', { viewer, perSecond: 0 })
      }
      await until('nothing to be missing', async () => (await stats(other)).missing === 0)
      expect((await stats(other)).timestampsNotRising).toBe(0)
      await framesFlow()
    },
  )

  it('garbage is ignored', async () => {
    const { ssrc } = await stats()
    const header = (count: number, type: number, words: number, ...body: number[]) =>
      new Uint8Array([0x80 | count, type, words >> 8, words & 255, ...body])
    const packets = [
      header(1, 205, 65_535, 0, 0, 0, 1), // Says that it is longer than it is.
      header(31, 202, 1, 0, 0, 0, 1), // SDES with 31 chunks that are not there.
      header(1, 202, 2, 0, 0, 0, 1, 1, 255, 65, 65), // SDES item beyond the end.
      header(1, 201, 1, 0, 0, 0, 1), // RR with a block that is not there.
      header(15, 205, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 255, 255), // TWCC cut short.
      header(15, 205, 4, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 255, 255, 0, 0, 0, 0), // TWCC of 65,535 packets.
      header(15, 206, 4, 0, 0, 0, 1, 0, 0, 0, 0, 82, 69, 77, 66, 255, 255, 255, 255), // REMB.
      genericNack(1, ssrc, [0, 65_535, 32_768, 1]), // Packets that never were.
      genericNack(1, 0xdeadbeef, [1]),
      header(0, 203, 0), // BYE of nobody.
      header(0, 192, 0),
      header(0, 223, 0),
    ]
    for (const packet of packets) await receiver.call('sendRtcp', { viewer, packet })
    await framesFlow()
    await framesFlow(viewer + 1)
    expect((await server.call('stats')).viewers).toBe(2)
  })
})
