import { fork } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Child } from '../../support/child.js'
import { type HeadlessReceiver, startHeadlessReceiver } from '../../support/headless-receiver/index.js'
import type { ServerProcessApi } from '../../support/server-process.js'
import { until } from '../../support/wait.js'

describe('a viewer that floods its data channel', () => {
  let server: Child<ServerProcessApi>
  let receiver: HeadlessReceiver
  let url: string
  beforeAll(async () => {
    server = await Child.start<ServerProcessApi>('test/support/server-process.ts')
    url = new URL('whep/numbers', await server.call('open', { port: 0, track: 'numbers' })).href
    await server.call('produce', { width: 320, height: 240, fps: 30 })
    receiver = await startHeadlessReceiver()
  })
  afterAll(async () => {
    await receiver?.kill()
    await server?.kill()
  })

  it.each(['pings', 'malformed', 'large texts', 'binary'])(
    'with %s loses it, and goes on watching',
    async (mode) => {
      const viewer = fork('test/integration/programs/flood.mjs', [url, mode], { stdio: 'inherit' })
      expect(await once(viewer, 'exit')).toEqual([0, null])
      await until('no viewer', async () => (await server.call('stats')).viewers === 0)
    },
  )

  it('by opening more and more of them is thrown out', async () => {
    const viewer = fork('test/integration/programs/flood.mjs', [url, 'channels'], { stdio: 'inherit' })
    expect(await once(viewer, 'exit')).toEqual([3, null])
    await until('no viewer', async () => (await server.call('stats')).viewers === 0)
  })

  it('and the others are served', async () => {
    const [viewer] = await receiver.call('open', { url, count: 1, codec: 'h264' })
    await until('frames', async () => (await receiver.call('stats'))[viewer!]!.frames > 10)
  })
})

it('more than one data channel does no harm to the process when it ends', async () => {
  const program = fork('test/integration/programs/exit.mjs', ['close'], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let stderr = ''
  program.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const ended = once(program, 'exit')
  const [{ url }] = (await once(program, 'message')) as [{ url: string }]
  for (let round = 0; round < 3; round++) {
    const viewer = fork('test/integration/programs/flood.mjs', [
      new URL('whep/exit', url).href,
      'a few channels',
    ])
    expect(await once(viewer, 'exit')).toEqual([0, null])
  }
  program.send('now')
  expect(await ended, stderr).toEqual([0, null])
})
