import { expect, it } from 'vitest'
import { RelayServer } from '../../network/relay-server.js'
import type { ImageTrack, PixelcastServer, Publication } from '../pixelcast.js'
import type { Player, Stage } from '../player.js'
import { pause, until } from '../wait.js'
import type { RunningEngine } from './cases.js'
import { startTimedSource } from './timed-source.js'

const SIZE = { width: 1280, height: 720 }
const ENOUGH = 30_000_000

export interface SimulcastSetting {
  readonly engine: RunningEngine
  readonly server: PixelcastServer
  readonly stage: Stage
}

/** What has to hold with an engine that takes rungs and gives each viewer the one that it asks for. */
export function simulcastCases(
  setting: () => SimulcastSetting,
  say: (what: string, numbers: Readonly<Record<string, unknown>>) => void,
): void {
  let count = 0

  /** What of the last half second was seen, and how wide. */
  async function seen(player: Player): Promise<{ widths: number[]; numbers: number }> {
    const from = (await player.state()).frames
    await pause(500)
    const frames = await player.frames(from)
    return {
      widths: [...new Set(frames.map(({ width }) => width))],
      numbers: new Set(frames.flatMap(({ value }) => value ?? [])).size,
    }
  }

  /** Waits until pictures of this width alone are seen, moving, their numbers readable. */
  const seesWidth = (player: Player, width: number): Promise<unknown> =>
    until(`pictures ${width} wide`, async () => {
      const { widths, numbers } = await seen(player)
      if (widths.length === 1 && widths[0] === width && numbers >= 5) return true
      throw new Error(`seen: ${numbers} numbers, ${widths.join(' and ')} wide`)
    })

  /** Which are sent at this moment, the largest first. */
  const sent = async (publication: Publication): Promise<string> =>
    ((await publication.stats())?.rungs ?? []).map(({ rid, isSent }) => (isSent ? rid : '-')).join('')

  const ended = async (publication: Publication, stop: () => void, track: ImageTrack): Promise<void> => {
    stop()
    await publication.close()
    await track.close()
  }

  it('gives each viewer the rung that it asks for, smaller and larger again', async () => {
    const { engine, server, stage } = setting()
    const track = server.addTrack(`large-${++count}`)
    const stop = startTimedSource(track, SIZE)
    const { whipUrl: url, token, address: bindAddress } = engine
    const publication = await track.publish({ url, token, bindAddress, simulcast: true })
    const player = await engine.watch(stage)
    await until('all rungs are sent', async () => (await sent(publication)) === 'fhq')
    expect(track.stats.encoders).toBe(3)
    const took: Record<string, number> = {}
    for (const [quality, width] of [
      ['high', 1280],
      ['low', 320],
      ['high', 1280],
      ['medium', 640],
      ['low', 320],
    ] as const) {
      const start = performance.now()
      await engine.choose?.(player, quality)
      await seesWidth(player, width)
      took[`${width}`] = Math.round(performance.now() - start)
    }
    const stats = await publication.stats()
    say('simulcast, ms until another rung is seen', {
      ...took,
      frames: stats?.rungs.map(({ rid, framesSent }) => `${rid} ${framesSent}`),
      estimate: stats?.estimate,
    })
    await player.vanish()
    await ended(publication, stop, track)
  })

  it('gets only what a link of 1 Mbit/s carries, and the rest again when it carries more', async () => {
    const { engine, server, stage } = setting()
    const relay = await RelayServer.start(engine.whipUrl, {
      host: engine.address,
      up: { rate: ENOUGH, delay: 20 },
      down: { delay: 20 },
    })
    const track = server.addTrack(`large-${++count}`)
    const stop = startTimedSource(track, SIZE)
    const publication = await track.publish({
      url: new URL(new URL(engine.whipUrl).pathname, relay.url).href,
      token: engine.token,
      bindAddress: engine.address,
      simulcast: true,
    })
    const player = await engine.watch(stage)
    await engine.choose?.(player, 'high')
    await seesWidth(player, 1280)
    relay.change({ up: { rate: 1_000_000 } })
    await until('the largest is left out', async () => (await sent(publication)).startsWith('-'))
    await until('a smaller one moves', async () => {
      const { widths, numbers } = await seen(player)
      return widths.every((width) => width < 1280) && numbers >= 5
    })
    await pause(6_000) // the estimate has to find its place
    const from = (await player.state()).frames
    const before = await publication.stats()
    const start = performance.now()
    await pause(4_000)
    const frames = await player.frames(from)
    const fps = Math.round((frames.length * 1_000) / (performance.now() - start))
    const after = await publication.stats()
    const { estimate = 0, loss = 1, queueDelay } = after ?? {}
    const widths = [...new Set(frames.map(({ width }) => width))]
    const sentFrames = after?.rungs.map(
      ({ rid, framesSent }, index) => `${rid} ${framesSent - (before?.rungs[index]?.framesSent ?? 0)}`,
    )
    say('simulcast, 1 Mbit/s', { fps, widths, sentFrames, estimate, loss, queueDelay })
    expect(fps).toBeGreaterThan(15)
    expect(estimate).toBeLessThan(1_300_000)
    relay.change({ up: { rate: ENOUGH } })
    const lifted = performance.now()
    await until('the largest is sent again', async () => (await sent(publication)).startsWith('f'), 40_000)
    await seesWidth(player, 1280)
    say('simulcast, ms until the largest is seen again', { took: Math.round(performance.now() - lifted) })
    await player.vanish()
    await ended(publication, stop, track)
    await relay.close()
  })
}
