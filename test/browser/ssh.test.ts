import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BROWSERS, launch } from '../support/browser.js'
import { Child } from '../support/child.js'
import { ages, agesOf, noteFrames, takeNoted } from '../support/glass.js'
import { ALONE, mayMakeNetworks } from '../support/own-network.js'
import type { ServerProcessApi } from '../support/server-process.js'
import { SshTunnel } from '../support/ssh-tunnel.js'
import { pause, until } from '../support/wait.js'

const VIEW = "document.querySelector('pixelcast-view')"
/** How many are looked at; of five seconds' worth where the ages are the matter. */
const PICTURES = process.env.PIXELCAST_MEASURE === undefined ? 60 : 140
const isPossible = SshTunnel.isInstalled && mayMakeNetworks()
if (!isPossible)
  console.log('Skipped: wants openssh-server, openssh-client and the right to make network namespaces')

/** Server and sshd are in a network of their own: no packet but the tunnel's TCP comes out of it. */
describe.skipIf(!isPossible)('through ssh -L', () => {
  let server: Child<ServerProcessApi>
  let tunnel: SshTunnel
  beforeAll(async () => {
    server = await Child.start<ServerProcessApi>('test/support/server-process.ts', [], ALONE)
    const url = await server.call('open', { port: 0, track: 'times' })
    await server.call('produce', { width: 1280, height: 720, fps: 30, times: true })
    tunnel = await SshTunnel.open(server.pid, Number(new URL(url).port))
  })
  afterAll(async () => {
    await tunnel?.close()
    await server?.kill()
  })

  it.each(BROWSERS)('%s shows the stream by itself', async (name) => {
    const browser = await launch(name)
    try {
      const page = await browser.open(`http://127.0.0.1:${tunnel.port}/view/times`)
      await noteFrames(page)
      await until('a picture', () => page.evaluate<boolean>(`${VIEW}.hasAttribute('data-picture')`))
      expect(await page.evaluate(`${VIEW}.viewer.transport`)).toBe('websocket')
      // The age of what is on the screen is the matter: for as long as it takes to know it.
      await pause(1_000)
      await takeNoted(page)
      const frames: Awaited<ReturnType<typeof takeNoted>> = []
      await until(
        `${PICTURES} pictures in five seconds`,
        async () => {
          frames.push(...(await takeNoted(page)))
          return agesOf(frames).length > PICTURES
        },
        5_000,
      )
      const { n, p50, p95 } = ages(agesOf(frames))
      console.log(`${name} through ssh -L: glass to glass p50 ${p50} ms, p95 ${p95} ms, n ${n}`)
      // Read whole, each of them: not a pixel of the code is wrong.
      expect(n / frames.length).toBeGreaterThan(0.98)
    } finally {
      await browser.close()
    }
  })
})
