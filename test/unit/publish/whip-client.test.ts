import { readFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WhipEndpoint } from '../../../src/publish/whip-client.js'

const TOKEN = 'a.secret-token'
const read = (name: string) => readFileSync(join(import.meta.dirname, '../../fixtures/tls', name))

describe('a WHIP endpoint over https', () => {
  const servers: Server[] = []
  /** What came, and with which token. */
  const seen: string[] = []
  let location = ''
  const answer =
    (name: string): RequestListener =>
    ({ method, headers }, response) => {
      seen.push(`${name} ${method} ${headers.authorization}`)
      response.writeHead(method === 'POST' ? 201 : 200, { location, etag: '"1"' }).end()
    }
  const listen = async (server: Server): Promise<number> => {
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return (server.address() as AddressInfo).port
  }
  let encrypted: number
  let clear: number

  beforeEach(async () => {
    seen.length = 0
    // The certificate is one of the tests; Node looks at this for each connection.
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
    const tls = { cert: read('first-cert.pem'), key: read('first-key.pem') }
    encrypted = await listen(createTlsServer(tls, answer('https')))
    clear = await listen(createServer(answer('http')))
  })

  afterEach(async () => {
    vi.unstubAllEnvs()
    for (const server of servers.splice(0)) {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
  })

  const useSession = async (): Promise<boolean> => {
    const endpoint = new WhipEndpoint(new URL(`https://127.0.0.1:${encrypted}/whip`), TOKEN)
    const session = await endpoint.create('v=0', new AbortController().signal)
    await session.trickle('a=candidate')
    await session.end(false)
    return session.canEnd
  }

  it('never shows its token in the clear to the session that it names', async () => {
    location = `http://127.0.0.1:${clear}/sessions/1`
    expect(await useSession()).toBe(false)
    expect(seen).toEqual([`https POST Bearer ${TOKEN}`])
  })

  it('is asked encrypted when it calls itself http', async () => {
    location = `http://127.0.0.1:${encrypted}/sessions/1`
    expect(await useSession()).toBe(true)
    expect(seen).toEqual(['POST', 'PATCH', 'DELETE'].map((method) => `https ${method} Bearer ${TOKEN}`))
  })
})
