import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cookie, readCookies, removeCookies } from '../../../../src/server/access/cookies.js'
import { cookieCounts, isOfAnotherOrigin } from '../../../../src/server/access/same-origin.js'
import { covers, matchesPattern } from '../../../../src/server/access/scope.js'
import { Secrets } from '../../../../src/server/access/secrets.js'
import { Tickets } from '../../../../src/server/access/tickets.js'

describe('a pattern of names', () => {
  it.each([
    ['cam', 'cam', true],
    ['cam', 'cam1', false],
    ['cam*', 'cam', true],
    ['cam*', 'camera', true],
    ['*cam', 'a cam', true],
    ['*', '', true],
    ['a*b*c', 'a--b--c', true],
    ['a*b*c', 'acb', false],
    ['ab*ba', 'aba', false],
    ['*a*a*', 'a', false],
    ['.*', 'abc', false],
    ['CAM', 'cam', false],
  ])('%j and %j: %s', (pattern, name, expected) => {
    expect(matchesPattern(name, pattern)).toBe(expected)
  })

  it('is what a regular expression would make of it', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 })
    fc.assert(
      fc.property(text, fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 }), (pattern, name) => {
        expect(matchesPattern(name, pattern)).toBe(
          new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(name),
        )
      }),
    )
  })

  it('is not a name that was given exactly', () => {
    expect(covers({ rights: ['view'], track: '*' }, 'cam', 'view')).toBe(false)
    expect(covers({ rights: ['view'], track: '*' }, '*', 'view')).toBe(true)
    expect(covers({ rights: ['view'], track: 'cam', tracks: ['dog'] }, 'cam', 'view')).toBe(false)
  })
})

describe('whether a cookie counts', () => {
  const of = (method: string, headers: Record<string, string>) => ({ method, url: 'http://h:80/a', headers })

  it.each<[string, Record<string, string>, boolean]>([
    ['POST', { 'sec-fetch-site': 'same-origin' }, true],
    ['POST', { host: 'h:8080', origin: 'http://h:8080' }, true],
    ['POST', { host: 'h:8080', origin: 'http://h:8081' }, false],
    ['POST', { host: 'h:8080', origin: 'null' }, false],
    ['POST', { 'sec-fetch-site': 'same-site' }, false],
    ['POST', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }, false],
    // a form of another page's, to a server that a browser sends no Sec-Fetch-Site to
    ['POST', { host: 'h:8080' }, false],
    ['DELETE', { host: 'h:8080' }, false],
    ['GET', { host: 'h:8080' }, true],
    ['GET', { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' }, true],
    ['GET', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'navigate' }, true],
    ['GET', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' }, false],
    // a WebSocket, which no rule of CORS holds back
    ['GET', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'websocket' }, false],
    ['GET', { host: 'h:8080', origin: 'http://evil.example' }, false],
    // what a browser says of the site is worth more than a Host that a proxy has changed
    ['POST', { host: 'inside', origin: 'https://cam.example', 'sec-fetch-site': 'same-origin' }, true],
  ])('%s %j: %s', (method, headers, expected) => {
    expect(cookieCounts(of(method, headers))).toBe(expected)
  })

  it('another origin is one that a browser names, and no program', () => {
    expect(isOfAnotherOrigin(of('POST', {}))).toBe(false)
    expect(isOfAnotherOrigin(of('POST', { origin: 'http://h' }))).toBe(false)
    expect(isOfAnotherOrigin(of('POST', { origin: 'http://h.example' }))).toBe(true)
  })
})

describe('the cookie', () => {
  const request = (url: string, headers: Record<string, string> = {}) => ({ method: 'GET', url, headers })

  it('is out of reach for scripts and other sites, and where the server is mounted', () => {
    const set = cookie(request('http://h:8080/access', { host: 'h:8080' }), 'abc', { maxAge: 60 })
    expect(set).toBe('pixelcast-8080=abc; Max-Age=60; HttpOnly; SameSite=Strict')
  })

  it.each([
    ['https://h/access', {}],
    ['http://h/access', { 'x-forwarded-proto': 'https' }],
    ['http://h/access', { origin: 'https://cam.example' }],
  ])('is for HTTPS alone where that is spoken: %s %j', (url, headers) => {
    expect(cookie(request(url, headers as Record<string, string>), 'abc', { maxAge: 60 })).toContain(
      '; Secure',
    )
  })

  it('of a ticket has a name of its own, and of a default port or IPv6 a good one', () => {
    const name = (host: string, own?: string) =>
      cookie(request('http://h/', { host }), 'x', { maxAge: 1, ...(own && { own }) }).split('=')[0]
    expect(name('h:81', 'ab12')).toBe('pixelcast-81-ab12')
    expect(name('cam.example')).toBe('pixelcast-web')
    expect(name('[::1]:8080')).toBe('pixelcast-8080')
    expect(name('[::1]')).toBe('pixelcast-web')
  })

  it('is taken away by its name, and none of another server', () => {
    const names = ['pixelcast-80', 'pixelcast-80-x', 'pixelcast-8', 'pixelcast-800-x']
    const cookies = names.map((name) => ({ name, secret: 'v' }))
    expect(removeCookies(request('http://h/', { host: 'h:80' }), cookies)).toEqual([
      'pixelcast-80=; Max-Age=0; HttpOnly; SameSite=Strict',
      'pixelcast-80-x=; Max-Age=0; HttpOnly; SameSite=Strict',
    ])
  })

  it('is read among others, of which not too many are looked at', () => {
    const read = (text: string) => readCookies(request('http://h/', { cookie: text }))
    expect(read('a=b; pixelcast-80=one; pixelcast-80-x=two; xpixelcast-=no; pixelcast-81=')).toEqual([
      { name: 'pixelcast-80', secret: 'one' },
      { name: 'pixelcast-80-x', secret: 'two' },
    ])
    const many = read(Array.from({ length: 1_000 }, (_, i) => `pixelcast-${i}=v`).join('; '))
    expect([many.length, many.at(-1)?.name]).toEqual([500, 'pixelcast-999'])
    expect(readCookies(request('http://h/'))).toEqual([])
    fc.assert(fc.property(fc.string(), (text) => void read(`pixelcast-1=${text}`)))
  })
})

describe('secrets', () => {
  it('are forgotten beyond a bound, those first that nobody used', () => {
    const secrets = new Secrets(2)
    const make = () => secrets.add({ bearer: 't', expires: 100 })
    const [a, b] = [make(), make()]
    expect(secrets.get(a, 0)).toBeDefined()
    const c = make()
    expect([a, b, c].map((one) => secrets.get(one, 0) !== undefined)).toEqual([true, false, true])
    expect(secrets.get(a, 100)).toBeUndefined()
    expect(secrets.size).toBe(1)
  })

  it('are forgotten first of who has the most: nobody crowds out others', () => {
    const secrets = new Secrets(20)
    const add = (bearer: string | undefined, from?: string) => secrets.add({ bearer, expires: 100 }, from)
    const isThere = (secret: string) => secrets.get(secret, 0) !== undefined
    const [other, same, own] = [add('b', '192.0.2.1'), add('a', '192.0.2.1'), add(undefined)]
    const flood = Array.from({ length: 200 }, (_, i) => add('a', i % 2 ? '2001:db8::1' : '2001:db8::2'))
    // Of another token; of the same, at another address; and the application's.
    expect([other, same, own].map(isThere)).toEqual([true, true, true])
    expect(flood.filter(isThere)).toEqual(flood.slice(-18))
    // Many addresses are one token still.
    for (let i = 0; i < 200; i++) add('a', `198.51.100.${i}`)
    expect([other, own].map(isThere)).toEqual([true, true])
    // The application's own go when it makes too many, and nobody else's.
    for (let i = 0; i < 200; i++) add(undefined)
    expect([other, own].map(isThere)).toEqual([true, false])
    expect(secrets.size).toBe(40)
  })
})

describe('a ticket', () => {
  const setUp = () => {
    const clock = { now: 0 }
    return { clock, tickets: new Tickets(() => clock.now) }
  }

  it('is good once', () => {
    const { tickets } = setUp()
    const { ticket, path, expires } = tickets.create({ track: 'a b', rights: ['view'], lifetime: 10 })
    expect([path, expires]).toEqual([`view/a%20b?ticket=${ticket}`, 10_000])
    expect(tickets.isGood(ticket)).toBe(true)
    const signIn = tickets.redeem(ticket)
    expect(signIn).toMatchObject({ maxAge: 10, own: expect.stringMatching(/^[0-9a-f]{8}$/) })
    expect(tickets.find(signIn?.secret ?? '')).toMatchObject({ limit: { rights: ['view'], track: 'a b' } })
    expect(tickets.redeem(ticket)).toBeUndefined()
    expect(tickets.isGood(ticket)).toBe(false)
    expect(tickets.find(ticket)).toBeUndefined()
  })

  it('and what it was redeemed for end together', () => {
    const { tickets, clock } = setUp()
    const wish = { track: undefined, rights: ['control'], lifetime: 10 } as const
    const [early, late] = [tickets.create(wish), tickets.create(wish)]
    clock.now = 4_000
    const signIn = tickets.redeem(early.ticket)
    expect(signIn?.maxAge).toBe(6)
    clock.now = 10_000
    expect(tickets.redeem(late.ticket)).toBeUndefined()
    expect(tickets.find(signIn?.secret ?? '')).toBeUndefined()
  })

  it('hands on no more than what its maker has', () => {
    const { tickets } = setUp()
    const parent = { bearer: 't', limit: { rights: ['view'], track: 'a' }, expires: 5_000 } as const
    const made = tickets.create({ track: undefined, rights: ['control', 'publish'], lifetime: 60 }, parent)
    expect(made.expires).toBe(5_000)
    const found = tickets.find(tickets.redeem(made.ticket)?.secret ?? '')
    expect(found).toEqual({
      bearer: 't',
      limit: { rights: ['view'], track: 'a', tracks: undefined },
      expires: 5_000,
    })
  })
})
