import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type HeadlessReceiver, startHeadlessReceiver } from '../support/headless-receiver/index.js'
import { startProgram } from '../support/program.js'
import { until } from '../support/wait.js'

/** How a process ends while its engine encodes and sends: with its own exit code, never by an abort of native code. */
describe('a process with a viewer ends', () => {
  let receiver: HeadlessReceiver
  beforeAll(async () => {
    receiver = await startHeadlessReceiver()
  })
  afterAll(() => receiver.kill())

  it.each([
    ['after server.close(), by itself', 'close', 0],
    ['by process.exit() in the middle of everything', 'exit', 3],
    ['by an exception that nobody caught', 'throw', 1],
    ['on SIGTERM, when its handler closes the server', 'leave-open', 0],
  ])('%s', async (_title, mode, code) => {
    const program = startProgram('exit.mjs', [mode])
    const { url } = (await program.first) as { url: string }
    await receiver.call('open', { url: new URL('whep/exit', url).href, count: 1, codec: 'h264' })
    await until('frames', async () => (await receiver.call('stats')).some(({ frames }) => frames > 5))
    program.process.send('now')
    if (mode === 'leave-open') {
      await once(program.process, 'disconnect')
      program.process.kill('SIGTERM')
    }
    expect(await program.ended, program.stderr()).toEqual([code, null])
    await receiver.call('close', { how: 'close' })
  })
})
