import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Child } from '../../support/child.js'
import type { WhipPostApi } from '../../support/whip-post-process.js'

const FOLDER = join(import.meta.dirname, '../../fixtures/tls')
const read = (name: string) => readFileSync(join(FOLDER, `${name}.pem`), 'utf8')

describe('a WHIP endpoint whose certificate is not good', () => {
  const servers: Server[] = []
  /** Node reads which certificates to trust when it starts, so each is a process. */
  let trusting: Child<WhipPostApi>
  let plain: Child<WhipPostApi>

  beforeAll(async () => {
    // Whatever the tests themselves run with.
    const env = ['env', '-u', 'NODE_TLS_REJECT_UNAUTHORIZED', '-u', 'NODE_OPTIONS']
    const start = (...more: string[]) =>
      Child.start<WhipPostApi>('test/support/whip-post-process.ts', [], [...env, ...more])
    plain = await start('-u', 'NODE_EXTRA_CA_CERTS')
    trusting = await start(`NODE_EXTRA_CA_CERTS=${join(FOLDER, 'ca-cert.pem')}`)
  })

  afterAll(async () => {
    for (const server of servers) server.close()
    await Promise.all([plain?.kill(), trusting?.kill()])
  })

  async function urlOf(name: string, host = '127.0.0.1', ...chain: string[]): Promise<string> {
    const cert = [`${name}-cert`, ...chain].map(read).join('')
    const server = createServer({ cert, key: read(`${name}-key`) }, (_, response) =>
      response.writeHead(201).end(),
    )
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return `https://${host}:${(server.address() as AddressInfo).port}/secret-key`
  }

  it('is reached when the certificate is good, so that the rest means something', async () => {
    expect(await trusting.call('post', await urlOf('good'))).toEqual({ message: 'taken', retry: '' })
  })

  it.each([
    ['self-signed', 'plain', ['first'], /: its certificate is self-signed \(NODE_EXTRA_CA_CERTS names/],
    ['signed by who is not trusted', 'plain', ['good'], /: its certificate is not trusted \(NODE_EXTRA/],
    [
      '… and says by whom',
      'plain',
      ['good', '127.0.0.1', 'ca-cert'],
      /: its certificate is not trusted \(NODE_EXTRA/,
    ],
    ['expired', 'trusting', ['expired'], /: its certificate has expired$/],
    ['of another host', 'trusting', ['elsewhere'], /: its certificate is for another host$/],
    ['of another host, by its name', 'trusting', ['elsewhere', 'localhost'], /is for another host$/],
  ] as const)('%s: it is said, and tried again later', async (_, who, [name, host, ...chain], message) => {
    const url = await urlOf(name, host, ...chain)
    const answer = await (who === 'plain' ? plain : trusting).call('post', url)
    expect(answer).toEqual({ message: expect.stringMatching(message), retry: 'always' })
    expect(answer.message).not.toContain('secret-key')
    expect(answer.message.startsWith(new URL(url).host)).toBe(true)
  })
})
