/*
 * Opens a server as `serve` does, and lets it answer the offers of two browsers. In a process of its own:
 * a native package that does not fit this machine may end the process, and the WebRTC one must never
 * be loaded in two threads.
 */
import { createServer } from '../../host/index.js'
import { explain } from '../errors.js'
import type { EngineOrder, EngineReport } from './messages.js'
import { sampleOffer } from './sample-offer.js'

process.once('message', (order: EngineOrder) => {
  look(order).then(
    (report) => process.send?.(report, () => process.exit()),
    (error: unknown) => {
      const report: EngineReport = { failure: explain(error) }
      process.send?.(report, () => process.exit())
    },
  )
})

async function look({ host, mediaHost }: EngineOrder): Promise<EngineReport> {
  const server = await createServer({
    host,
    port: 0,
    // For nobody: it is open for a moment.
    access: {},
    ...(mediaHost !== undefined && { ice: { bindAddress: mediaHost } }),
  })
  const track = server.addTrack('doctor')
  track.addImage({ data: new Uint8Array(64 * 48), width: 64, height: 48, format: 'gray8' })
  const candidates = async (browser: 'chromium' | 'firefox') => {
    const { answer, viewer } = await track.connect(sampleOffer(browser))
    viewer.close()
    return [...answer.matchAll(/^a=candidate:\S+ 1 UDP \d+ (\S+) (\d+) typ host/gim)].map(
      ([, address = '', port]) => ({ address, port: Number(port) }),
    )
  }
  const report = { chromium: await candidates('chromium'), firefox: await candidates('firefox') }
  await server.close()
  return report
}
