import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type HeadlessReceiver, startHeadlessReceiver } from '../../support/headless-receiver/index.js'
import { startProgram } from '../../support/program.js'
import { until } from '../../support/wait.js'

describe('process.exit() right after', () => {
  let receiver: HeadlessReceiver
  beforeAll(async () => {
    receiver = await startHeadlessReceiver()
  })
  afterAll(() => receiver.kill())

  it.each([
    ['server.close()', 'server'],
    ['track.close()', 'track'],
    ['a snapshot was asked for', 'snapshot'],
  ])('%s does not abort while the encoder works', async (_title, mode) => {
    const program = startProgram('exit-at-work.mjs', [mode])
    const { url } = (await program.first) as { url: string }
    if (mode !== 'snapshot') {
      const [viewer] = await receiver.call('open', {
        url: new URL('whep/exit', url).href,
        count: 1,
        codec: 'vp8',
      })
      await until('frames', async () => (await receiver.call('stats'))[viewer!]!.frames > 0)
    }
    program.process.send('now')
    expect(await program.ended, program.stderr()).toEqual([7, null])
    await receiver.call('close', { how: 'close' })
  })
})

it('a second thread that wants an engine is told that there is one, and the process lives', async () => {
  const program = startProgram('second-engine.mjs')
  const answer = await program.first
  expect(answer).toMatchObject({
    code: 'ERR_ENGINE',
    message: expect.stringContaining('ImageTrack.from'),
    status: 200,
  })
  expect(await program.ended).toEqual([0, null])
})
