import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { checkAccessOptions } from '../../../src/host/access-options.js'
import { KeptTickets } from '../../../src/host/kept-tickets.js'
import { newSignInKey, takeSignInKey } from '../../../src/host/sign-in-key.js'
import { Access } from '../../../src/server/access/access.js'
import { SealedSignIns } from '../../../src/server/access/sealed-sign-ins.js'
import { Tickets } from '../../../src/server/access/tickets.js'

const TOKEN = 'a-token-of-all'
const SETTINGS = checkAccessOptions({
  access: { tokens: [{ token: TOKEN }] },
  isPublic: false,
  ingestToken: undefined,
})

describe('a program that a supervisor starts again', () => {
  const KEY = randomBytes(32)
  const request = (headers: Record<string, string>) => ({ method: 'GET', url: 'http://h/', headers })
  const withCookie = (secret: string) => request({ cookie: `pixelcast-web=${secret}` })
  const open = (key: Uint8Array | undefined, first = 1, port: number | undefined = 8080) =>
    new Access(SETTINGS, undefined, new KeptTickets(key).of(first, port))
  const signIn = async (access: Access) =>
    (await access.signIn(request({ authorization: `Bearer ${TOKEN}` }), undefined, [])).secret
  const sees = (access: Access, secret: string, track = 'cam') =>
    access.require(withCookie(secret), track, 'view').then(
      () => true,
      () => false,
    )

  it('knows the cookies of the one before, and not its tickets', async () => {
    const before = open(KEY)
    const secret = await signIn(before)
    const unused = before.tickets.create({ track: undefined, rights: ['view'], lifetime: 60 })
    const of = before.tickets.create({ track: 'cam', rights: ['view'], lifetime: 60 })
    const guest = before.tickets.redeem(of.ticket)?.secret ?? ''
    const after = open(KEY)
    expect([await sees(before, secret), await sees(after, secret)]).toEqual([true, true])
    expect([await sees(after, guest), await sees(after, guest, 'dog')]).toEqual([true, false])
    expect(after.tickets.redeem(unused.ticket)).toBeUndefined()
    expect(after.tickets.redeem(of.ticket)).toBeUndefined()
    // The token is not to be read from it, and two are never the same.
    expect(Buffer.from(secret, 'base64url').toString('latin1')).not.toContain(TOKEN)
    expect(await signIn(before)).not.toBe(secret)
  })

  it('knows none of another key, another server, or another port', async () => {
    const secret = await signIn(open(KEY))
    for (const other of [open(randomBytes(32)), open(undefined), open(KEY, 2), open(KEY, 1, 8081)])
      expect(await sees(other, secret)).toBe(false)
    expect(await sees(open(KEY), await signIn(open(undefined)))).toBe(false)
  })

  it('knows none that somebody has changed, nor one that was signed out there, however it is written', async () => {
    const access = open(KEY)
    const secret = await signIn(access)
    const bytes = Buffer.from(secret, 'base64url')
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes)
      changed[at] = changed[at]! ^ 1
      expect(await sees(access, changed.toString('base64url'))).toBe(false)
      expect(await sees(access, bytes.subarray(0, at).toString('base64url'))).toBe(false)
    }
    expect(await sees(access, secret)).toBe(true)
    access.tickets.signOut('made-up')
    access.tickets.signOut(secret)
    for (const form of [secret, bytes.toString('base64'), `${secret}=`, `${secret}.`])
      expect(await sees(access, form)).toBe(false)
  })

  it('knows them for as long as they were to be worth something', () => {
    let now = 1_000_000
    const tickets = new Tickets(() => now, new SealedSignIns(KEY))
    const { ticket } = tickets.create({ track: 'cam', rights: ['control'], lifetime: 60 })
    const secret = tickets.redeem(ticket)?.secret ?? ''
    now += 59_999
    expect(tickets.find(secret)).toEqual({
      bearer: undefined,
      limit: { rights: ['control', 'view'], track: 'cam' },
      expires: 1_060_000,
    })
    now += 1
    expect(tickets.find(secret)).toBeUndefined()
  })
})

describe('the key of cookies', () => {
  it('is taken from the environment once, and is none when it is spoilt', () => {
    const [[name = '', value = ''] = []] = Object.entries(newSignInKey())
    expect(takeSignInKey()).toBeUndefined()
    process.env[name] = value
    expect(takeSignInKey()).toHaveLength(32)
    expect([process.env[name], takeSignInKey()]).toEqual([undefined, undefined])
    process.env[name] = value.slice(1)
    expect(takeSignInKey()).toBeUndefined()
  })
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
