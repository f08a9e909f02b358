import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ROOT } from '../support/child.js'
import { Program } from '../support/docs/program.js'
import { type HeadlessReceiver, startHeadlessReceiver } from '../support/headless-receiver/index.js'

/** `pixelcast/highgui` as a program of its own: it starts its server, says where, and ends. */
describe('a program with highgui', () => {
  let receiver: HeadlessReceiver
  const programs: Program[] = []
  beforeAll(async () => {
    receiver = await startHeadlessReceiver()
  })
  afterAll(async () => {
    for (const program of programs) await program.kill()
    await receiver?.kill()
  })

  function run(environment: Record<string, string>): Program {
    const program = Program.node(join(ROOT, 'test/integration/programs'), 'highgui.mjs', environment)
    programs.push(program)
    return program
  }

  it('listens on the next port when its own is taken, and ends by itself when Escape is pressed', async () => {
    const first = run({ PIXELCAST_PORT: '0' })
    const { port } = new URL(await first.url())
    const second = run({ PIXELCAST_PORT: port })
    const url = await second.url()
    expect(Number(new URL(url).port)).toBeGreaterThan(Number(port))
    for (const [program, at] of [
      [second, url],
      [first, await first.url()],
    ] as const) {
      const whep = new URL('whep/window', at).href
      const [viewer] = await receiver.call('open', { url: whep, count: 1, codec: 'vp8', channel: true })
      const key = { t: 'key', type: 'down', key: 'Escape', code: 'Escape', repeat: false, mods: 0 }
      await receiver.call('say', { viewer: viewer!, messages: [JSON.stringify(key)] })
      expect(await program.exited).toBe(0)
      expect(program.output).toBe(`Watch at ${at}\nended by Escape, true\n`)
    }
  })

  it.each([
    [
      'an address that is none of ours',
      { PIXELCAST_HOST: '203.0.113.1' },
      'OptionError: ice.bindAddress: expected an address of this machine',
    ],
    [
      'a port that is none',
      { PIXELCAST_PORT: 'http' },
      'OptionError: PIXELCAST_PORT: expected a whole number',
    ],
  ])('is told of %s', async (_, environment, message) => {
    const program = run({ PIXELCAST_PORT: '0', ...environment })
    expect(await program.exited).toBe(1)
    expect(program.output).toContain(message)
    expect(program.output).not.toContain('Warning')
  })
})
