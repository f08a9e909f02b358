import { describe, expect, it } from 'vitest'
import { digestOf } from '../../../../src/common/token.js'
import type { AccessOptions } from '../../../../src/host/access-options.js'
import { checkAccessOptions } from '../../../../src/host/access-options.js'
import { Access } from '../../../../src/server/access/access.js'
import { Tickets } from '../../../../src/server/access/tickets.js'
import type { AccessAnswer, AccessQuestion, AccessRequest } from '../../../../src/server/access/types.js'

const ALL = 'for-all-tracks'
const CONTROL = 'to-control-cam1'
const SEND = 'to-send-to-cam1'
const TOKENS: AccessOptions = {
  tokens: [
    { token: ALL },
    { token: CONTROL, rights: ['control'], tracks: ['cam1'] },
    { token: SEND, rights: ['publish'], tracks: ['cam1', 'dog*'] },
  ],
}

function setUp(
  access: AccessOptions | undefined,
  { isPublic = false, ask }: { isPublic?: boolean; ask?: (q: AccessQuestion) => Promise<AccessAnswer> } = {},
) {
  const state = { now: 1_000_000 }
  const settings = checkAccessOptions({ access, isPublic, ingestToken: undefined })
  return { access: new Access(settings, ask, new Tickets(() => state.now)), state }
}

const TICKET = { track: undefined, rights: ['view'], lifetime: 60 } as const
const by = (token?: string, headers: Record<string, string> = {}): AccessRequest => ({
  method: 'GET',
  url: 'http://h/tracks',
  headers: { host: 'h', ...(token !== undefined && { authorization: `Bearer ${token}` }), ...headers },
})
const withCookie = (secret: string, headers: Record<string, string> = {}, method = 'GET'): AccessRequest => ({
  ...by(undefined, { cookie: `other=1; pixelcast-web=${secret}`, ...headers }),
  method,
})
/** `granted`, or the status and challenge. */
const outcome = (promise: Promise<unknown>) =>
  promise.then(
    () => 'granted',
    (error: { status: number; headers: Record<string, string> }) =>
      `${error.status} ${error.headers['WWW-Authenticate'] ?? ''}`.trim(),
  )

describe('a right', () => {
  const { access } = setUp(TOKENS)

  it.each([
    [ALL, 'cam1', 'view'],
    [ALL, 'not-there-yet', 'view'],
    [CONTROL, 'cam1', 'view'],
    [CONTROL, 'cam1', 'control'],
    [SEND, 'cam1', 'publish'],
    [SEND, 'doghouse', 'publish'],
  ] as const)('is what the token says: %s, %s, %s', async (token, track, right) => {
    expect(await outcome(access.require(by(token), track, right))).toBe('granted')
  })

  it.each([
    [ALL, 'cam1', 'control'],
    [ALL, 'cam1', 'publish'],
    [CONTROL, 'cam10', 'view'],
    [CONTROL, 'cam1', 'publish'],
    [SEND, 'cam1', 'view'],
    [SEND, 'cat', 'publish'],
  ] as const)('is not more: %s, %s, %s', async (token, track, right) => {
    expect(await outcome(access.require(by(token), track, right))).toBe(
      `403 Bearer realm="pixelcast", error="insufficient_scope", scope="${right}"`,
    )
  })

  it.each([
    [by(), '401 Bearer realm="pixelcast"'],
    [by('for-all-track'), '401 Bearer realm="pixelcast", error="invalid_token"'],
    [by(`${ALL}x`), '401 Bearer realm="pixelcast", error="invalid_token"'],
    [by(ALL.toUpperCase()), '401 Bearer realm="pixelcast", error="invalid_token"'],
    [by(undefined, { authorization: 'Basic YTpi' }), '401 Bearer realm="pixelcast", error="invalid_token"'],
    [withCookie('made-up'), '401 Bearer realm="pixelcast"'],
    [withCookie(ALL), '401 Bearer realm="pixelcast"'],
  ])('is nobody’s who is not known (%#)', async (request, expected) => {
    expect(await outcome(access.require(request, 'cam1', 'view'))).toBe(expected)
  })

  it('is never told together with a token', async () => {
    for (const [token, track] of [
      ['a-wrong-secret', 'cam1'],
      [CONTROL, 'other'],
    ] as const) {
      const error = await access.require(by(token), track, 'view').catch((reason: Error) => reason)
      expect(`${error} ${JSON.stringify(error)} ${(error as Error).stack}`).not.toContain(token)
    }
  })

  it('is asked for only as far as was said', async () => {
    const nothing = setUp(undefined).access
    const open = setUp(TOKENS, { isPublic: true }).access
    const closed = setUp({}).access
    for (const [one, view, control, publish] of [
      [nothing, 'granted', 'granted', 'granted'],
      [open, 'granted', '401', '401'],
      [closed, '401', '401', '401'],
    ] as const)
      for (const [right, expected] of Object.entries({ view, control, publish }))
        expect((await outcome(one.require(by(), 'a', right as 'view'))).split(' ')[0]).toBe(expected)
  })
})

describe('whom a session is counted with', () => {
  const admit = (access: Access, request: AccessRequest, track = 'cam1') =>
    access.admit(request, track, 'view').catch(({ status }: { status: number }) => status)

  it('is who was let in by the same, and not by what else was shown', async () => {
    const { access } = setUp({ tokens: [{ token: ALL }, { token: CONTROL, tracks: ['cam1'] }] })
    expect(await admit(access, by(ALL))).toBe(ALL)
    const cam1 = (await access.signIn(by(CONTROL), undefined, [])).secret
    const all = (await access.signIn(by(ALL), undefined, [])).secret
    const guest = access.tickets.redeem(access.tickets.create({ ...TICKET, track: 'cam2' }).ticket)?.secret
    // The newest comes first, and is for another track.
    const both = by(undefined, { cookie: `pixelcast-web=${all}; pixelcast-web-1=${cam1}` })
    expect(await admit(access, both, 'cam1')).toBe(CONTROL)
    expect(await admit(access, both, 'cam2')).toBe(ALL)
    expect(await admit(access, withCookie(guest ?? ''), 'cam2')).toBe(guest)
    expect(await admit(access, withCookie(guest ?? ''), 'cam1')).toBe(403)
  })

  it('is nobody whom nobody knows', async () => {
    const open = setUp(TOKENS, { isPublic: true }).access
    expect(await admit(open, by(ALL))).toBe(ALL)
    for (const request of [by('made-up-one'), by(SEND), by(), withCookie('made-up-one')])
      expect(await admit(open, request)).toBeUndefined()
    expect(await admit(setUp(undefined).access, by('made-up-one'))).toBeUndefined()
  })

  it('is whose token the application has accepted', async () => {
    const ask = async ({ request, tracks }: AccessQuestion) => tracks.map(() => request.token !== 'bad-one')
    const { access } = setUp({ authorize: () => true }, { ask })
    expect([await admit(access, by('good-one')), await admit(access, by())]).toEqual(['good-one', undefined])
    expect(await admit(access, by('bad-one'))).toBe(403)
  })
})

describe('the list', () => {
  const tracks = ['cam1', 'cam2']

  it('has what the request may view', async () => {
    const { access } = setUp(TOKENS)
    expect([...(await access.visible(by(ALL), tracks))]).toEqual(tracks)
    expect([...(await access.visible(by(CONTROL), tracks))]).toEqual(['cam1'])
    // Its track is not there, which is no reason to turn it away.
    expect([...(await access.visible(by(CONTROL), ['cam2']))]).toEqual([])
    expect([...(await setUp(undefined).access.visible(by('anything-at-all'), tracks))]).toEqual(tracks)
    expect(await outcome(access.visible(by(SEND), tracks))).toMatch(/^403/)
    expect(await outcome(access.visible(by(), tracks))).toMatch(/^401/)
    expect(await outcome(access.visible(by(), []))).toMatch(/^401/)
  })
})

describe('control', () => {
  it('is by the rule of the track when nothing is asked for, and by its token where it has one', async () => {
    const { access } = setUp(undefined)
    expect(await access.mayControl(by('anything-at-all'), 'cam')).toBeUndefined()
    access.setTrackToken('cam', digestOf('t'))
    expect(await access.mayControl(by('t'), 'cam')).toBe(true)
    expect(await access.mayControl(by('u'), 'cam')).toBe(false)
    expect(await access.mayControl(by(), 'cam')).toBe(false)
    expect(await access.mayControl(by('t'), 'other')).toBeUndefined()
    access.setTrackToken('cam', undefined)
    expect(await access.mayControl(by('u'), 'cam')).toBeUndefined()
  })

  it('is for who has the right, as the rule says; by it also where the rule names a token', async () => {
    const { access } = setUp(TOKENS)
    expect(await access.mayControl(by(CONTROL), 'cam1')).toBeUndefined()
    expect(await access.mayControl(by(ALL), 'cam1')).toBe(false)
    access.setTrackToken('cam1', digestOf('t'))
    expect(await access.mayControl(by(CONTROL), 'cam1')).toBe(true)
    expect(await access.mayControl(by(ALL), 'cam1')).toBe(false)
    // To control is to watch; but not to send, and not another track.
    expect(await outcome(access.require(by('t'), 'cam1', 'view'))).toBe('granted')
    expect(await outcome(access.require(by('t'), 'cam1', 'publish'))).toMatch(/^403/)
    expect(await outcome(access.require(by('t'), 'cam2', 'view'))).toMatch(/^403/)
  })
})

describe('the application', () => {
  const says = (allowed: (question: AccessQuestion, track: string) => boolean | null) => {
    const questions: AccessQuestion[] = []
    const ask = async (question: AccessQuestion) => {
      questions.push(question)
      return question.tracks.map((track) => allowed(question, track))
    }
    return { questions, ...setUp({ ...TOKENS, authorize: () => true }, { ask }) }
  }

  it('is asked about what the tokens do not grant, with the token that was shown', async () => {
    const { access, questions } = says(({ request }) => request.token === 'jwt-of-somebody')
    expect(await outcome(access.require(by(ALL), 'cam1', 'view'))).toBe('granted')
    expect(questions).toEqual([])
    expect(await outcome(access.require(by('jwt-of-somebody'), 'cam1', 'publish'))).toBe('granted')
    expect(questions[0]).toMatchObject({ tracks: ['cam1'], right: 'publish', request: { method: 'GET' } })
    expect(await outcome(access.require(by('jwt-of-else'), 'cam1', 'view'))).toMatch(/^403/)
    expect(await outcome(access.require(by(), 'cam1', 'view'))).toMatch(/^401/)
  })

  it('is asked once about a list', async () => {
    const { access, questions } = says((_, track) => track !== 'b')
    expect([...(await access.visible(by(), ['a', 'b', 'c']))]).toEqual(['a', 'c'])
    expect(questions.length).toBe(1)
    expect([...(await access.visible(by(), []))]).toEqual([])
  })

  it('is asked with the newest cookies, and with those alone that can be for the track', async () => {
    const { access, questions } = says(() => true)
    const request = by('jwt-of-a')
    const secrets: string[] = []
    for (const track of [...'abcdefgh']) {
      const { ticket } = await access.createTicket(request, { track, rights: ['view'], lifetime: 60 })
      secrets.push(access.tickets.redeem(ticket)?.secret ?? '')
    }
    questions.length = 0
    const cookie = secrets.map((secret, index) => `pixelcast-web-${index}=${secret}`).join('; ')
    for (const track of ['a', 'h'])
      expect(await outcome(access.require(by(undefined, { cookie }), track, 'view'))).toBe('granted')
    expect(questions.map(({ tracks }) => tracks)).toEqual([['a'], ['h']])
  })

  it('that could not say has not allowed it: 503, and not in the list', async () => {
    const { access } = says((_, track) => (track === 'broken' ? null : true))
    expect(await outcome(access.require(by(), 'broken', 'view'))).toBe('503')
    expect([...(await access.visible(by(), ['a', 'broken']))]).toEqual(['a'])
    expect(await outcome(access.visible(by(), ['broken']))).toBe('503')
    expect(await access.mayControl(by(), 'broken')).toBe(false)
  })

  it('decides whether a token is worth a cookie, and again about what comes with it', async () => {
    let isGood = true
    const { access } = says(({ request }, track) => isGood && request.token === 'jwt-of-a' && track === 'a')
    expect(await outcome(access.signIn(by('jwt-of-b'), undefined, ['a']))).toMatch(/^401/)
    expect(await outcome(access.signIn(by('jwt-of-a'), 'b', ['a', 'b']))).toMatch(/^401/)
    const { secret } = await access.signIn(by('jwt-of-a'), 'a', [])
    expect(await outcome(access.require(withCookie(secret), 'a', 'view'))).toBe('granted')
    expect(await outcome(access.require(withCookie(secret), 'b', 'view'))).toMatch(/^403/)
    isGood = false
    expect(await outcome(access.require(withCookie(secret), 'a', 'view'))).toMatch(/^403/)
  })
})

describe('a cookie', () => {
  it('is worth what its token is, for 30 days, or until it is removed', async () => {
    const { access, state } = setUp(TOKENS)
    expect(await outcome(access.signIn(by('a-wrong-one'), undefined, []))).toMatch(/^401/)
    expect(await outcome(access.signIn(by(), undefined, []))).toMatch(/^401/)
    const { secret, maxAge } = await access.signIn(by(CONTROL), undefined, [])
    expect(secret).toMatch(/^[\w-]{43}$/)
    expect(maxAge).toBe(30 * 86_400)
    const view = () => outcome(access.require(withCookie(secret), 'cam1', 'view'))
    expect(await view()).toBe('granted')
    expect(await outcome(access.require(withCookie(secret), 'cam2', 'view'))).toMatch(/^403/)
    state.now += 30 * 86_400_000 - 1
    expect(await view()).toBe('granted')
    state.now += 1
    expect(await view()).toMatch(/^401/)
    const second = await access.signIn(by(ALL), undefined, [])
    access.tickets.signOut(second.secret)
    expect(await outcome(access.require(withCookie(second.secret), 'cam1', 'view'))).toMatch(/^401/)
  })

  it('is not lost when somebody else makes very many', async () => {
    const { access } = setUp(TOKENS)
    const from = (token: string, address: string) => ({ ...by(token), address })
    const { secret } = await access.signIn(from(ALL, '192.0.2.1'), undefined, [])
    const { ticket } = await access.createTicket(from(ALL, '192.0.2.1'), TICKET)
    const flood = from(ALL, '192.0.2.66')
    for (let i = 0; i < 10_001; i++) {
      await access.signIn(flood, undefined, [])
      await access.createTicket(flood, TICKET)
    }
    expect(await outcome(access.require(withCookie(secret), 'cam1', 'view'))).toBe('granted')
    expect(access.tickets.isGood(ticket)).toBe(true)
  })

  it('does not count beside a token that was shown, nor from a page of another origin', async () => {
    const { access } = setUp(TOKENS)
    const { secret } = await access.signIn(by(ALL), undefined, [])
    const ask = (headers: Record<string, string>, method?: string) =>
      outcome(access.require(withCookie(secret, headers, method), 'cam1', 'view'))
    expect(await ask({ authorization: 'Bearer another-one' })).toMatch(/^401/)
    expect(await ask({ 'sec-fetch-site': 'same-origin' }, 'POST')).toBe('granted')
    expect(await ask({ 'sec-fetch-site': 'same-site' }, 'POST')).toMatch(/^401/)
    expect(await ask({ 'sec-fetch-site': 'same-site' })).toMatch(/^401/)
    expect(await ask({ origin: 'http://h:81' }, 'POST')).toMatch(/^401/)
  })
})
