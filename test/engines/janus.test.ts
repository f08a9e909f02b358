import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { ROOT } from '../support/child.js'
import { describeEngine } from '../support/engines/cases.js'
import { Janus } from '../support/engines/janus.js'
import { inOwnNetwork, mayMakeNetworks, PAGE_TEST } from '../support/own-network.js'
import type { Player } from '../support/player.js'

const SUBSTREAMS = { low: 0, medium: 1, high: 2 } as const

// Janus gathers no loopback addresses, so all of it runs in a network of its own that leads nowhere.
describe.skipIf(PAGE_TEST.isStock || !Janus.path || !mayMakeNetworks())('Janus', () => {
  it('shows what every engine has to show', { timeout: 170_000 }, () => {
    const vitest = [
      'node',
      'node_modules/vitest/vitest.mjs',
      'run',
      '--project',
      'engines',
      'test/engines/janus.test.ts',
    ]
    const [command, parameters] = inOwnNetwork(...vitest)
    const { status, stdout, stderr } = spawnSync(command, parameters, {
      cwd: ROOT,
      env: { ...process.env, PIXELCAST_OWN_NETWORK: '1' },
      encoding: 'utf8',
      timeout: 150_000,
    })
    for (const line of stdout.split('\n')) if (line.includes('Janus, ')) console.log(line)
    expect(status, stdout + stderr).toBe(0)
  })
})

describeEngine(
  'Janus',
  PAGE_TEST.isStock && Janus.path !== undefined,
  async () => {
    const janus = await Janus.start(PAGE_TEST.media)
    const subscriptions = new WeakMap<Player, (substream: number) => Promise<void>>()
    return {
      whipUrl: janus.whipUrl,
      address: PAGE_TEST.media,
      token: Janus.token,
      wrongToken: 'another-pin',
      refusal: 401,
      start: () => janus.start(),
      kill: () => janus.kill(),
      close: () => janus.close(),
      watch: async (stage) => {
        const { offer, answer, choose } = await janus.subscribe()
        const player = await stage.show('(a) => player.accept(a)', { sdp: offer })
        await answer(player.answer)
        subscriptions.set(player, choose)
        return player
      },
      choose: async (player, quality) => {
        await subscriptions.get(player)?.(SUBSTREAMS[quality])
      },
    }
  },
  { hasSimulcast: true },
)
