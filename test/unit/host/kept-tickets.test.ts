import { describe, expect, it } from 'vitest'
import { checkAccessOptions } from '../../../src/host/access-options.js'
import { KeptTickets } from '../../../src/host/kept-tickets.js'
import { Access } from '../../../src/server/access/access.js'

const TOKEN = 'a-token-of-all'
const SETTINGS = checkAccessOptions({
  access: { tokens: [{ token: TOKEN }] },
  isPublic: false,
  ingestToken: undefined,
})

describe('a server that is opened again', () => {
  const request = (headers: Record<string, string>) => ({ method: 'GET', url: 'http://h/', headers })
  const wish = { track: undefined, rights: ['view'], lifetime: 60 } as const

  it('knows those who were signed in, and its tickets, also those that were used; another server does not', async () => {
    const kept = new KeptTickets()
    const open = (first: number) => new Access(SETTINGS, undefined, kept.of(first))
    const before = open(1)
    const { secret } = await before.signIn(request({ authorization: `Bearer ${TOKEN}` }), undefined, [])
    const [used, unused] = [before.tickets.create(wish), before.tickets.create(wish)]
    before.tickets.redeem(used.ticket)
    const view = (access: Access) =>
      access.require(request({ cookie: `pixelcast-web=${secret}` }), 'cam', 'view')
    const after = open(1)
    await view(after)
    expect(after.tickets.redeem(used.ticket)).toBeUndefined()
    expect(after.tickets.redeem(unused.ticket)).toBeDefined()
    await expect(view(open(2))).rejects.toMatchObject({ status: 401 })
    kept.end(1)
    await expect(view(open(1))).rejects.toMatchObject({ status: 401 })
  })
})
