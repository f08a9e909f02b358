import { getEventListeners } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it, vi } from 'vitest'
import type { PublishingApi } from '../../../src/engine/api.js'
import { Publisher } from '../../../src/publish/publisher.js'

/** Nothing of it is reached by an endpoint that refuses. */
const ENGINE: PublishingApi = {
  newStreamIdentity: () => ({
    sources: [{ ssrc: 1, rtxSsrc: 2 }],
    clockOffset: 0,
    cname: 'c',
    streamId: 's',
    trackId: 't',
  }),
  openUpstream: () => ({
    offer: async () => 'v=0',
    accept: () => {},
    fragment: undefined,
    rungs: 0,
    stats: () => undefined,
    close: () => {},
  }),
}

afterEach(() => vi.unstubAllGlobals())

it('an attempt that is over leaves no listener behind', async () => {
  const controllers: AbortController[] = []
  class Recorded extends AbortController {
    constructor() {
      super()
      controllers.push(this)
    }
  }
  vi.stubGlobal('AbortController', Recorded)
  const server = createServer((_, response) => void response.writeHead(503).end())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/whip`
  /** At the end of each attempt. */
  const listeners: number[] = []
  const publisher = new Publisher(
    ENGINE,
    'camera',
    { url, codecs: ['h264'] } as never,
    {},
    ({ state }) => {
      const [own] = controllers
      if (state === 'waiting' && own) listeners.push(getEventListeners(own.signal, 'abort').length)
    },
    () => {},
  )
  publisher.start()
  try {
    await vi.waitFor(() => expect(listeners.length).toBeGreaterThan(1), 5_000)
    expect(listeners.slice(0, 2)).toEqual([0, 0])
  } finally {
    await publisher.close()
    server.closeAllConnections()
    server.close()
  }
})
