import { describe, expect, it } from 'vitest'
import { digestOf } from '../../../../src/common/token.js'
import { Access } from '../../../../src/server/access/access.js'
import { Tickets } from '../../../../src/server/access/tickets.js'
import type { AccessAnswer, AccessQuestion, AccessRequest } from '../../../../src/server/access/types.js'
import { WrongTokens } from '../../../../src/server/access/wrong-tokens.js'

const RIGHT = 'the-right-token'
const OFFICE = '192.0.2.1'
const MOST = 3

function setUp(ask?: (question: AccessQuestion) => Promise<AccessAnswer>) {
  const state = { now: 1_000_000, reports: [] as string[], asked: [] as (string | undefined)[] }
  const wrongTokens = new WrongTokens(
    { perAddress: MOST, perLoopback: 2 * MOST },
    (limit, value) => state.reports.push(`${limit}=${value}`),
    () => state.now,
  )
  const access = new Access(
    {
      grants: ask ? [] : [{ digest: digestOf(RIGHT), rights: ['view'] }],
      asked: ['view', 'control', 'publish'],
      authorize: ask !== undefined,
    },
    ask &&
      ((question) => {
        state.asked.push(question.request.token)
        return ask(question)
      }),
    new Tickets(),
    wrongTokens,
  )
  const request = (token: string, address?: string): AccessRequest => ({
    method: 'POST',
    url: 'http://h/whep/cam',
    headers: { host: 'h', authorization: `Bearer ${token}` },
    ...(address !== undefined && { address }),
  })
  const show = (token: string, address: string | null = OFFICE) =>
    access.require(request(token, address ?? undefined), 'cam', 'view').then(
      () => 200,
      (error: { status: number; headers: Record<string, string> }) =>
        error.status === 429 ? `429 after ${error.headers['Retry-After']}` : error.status,
    )
  /** Shows so many, each another one. */
  const guess = async (count: number, address: string | null = OFFICE, from = 0) => {
    const answers = []
    for (let i = from; i < from + count; i++) answers.push(await show(`wrong-${i}`, address))
    return answers
  }
  return { state, access, request, show, guess }
}

describe('wrong tokens', () => {
  it('are looked at up to the limit, and again after a minute', async () => {
    const { state, show, guess } = setUp()
    expect(await guess(MOST + 1)).toEqual([401, 401, 401, '429 after 60'])
    expect(state.reports).toEqual([`limits.wrongTokens=${MOST}`])
    // Nor is the right one, or whoever guesses would learn that it is right.
    expect(await show(RIGHT)).toBe('429 after 60')
    state.now += 59_001
    expect(await show(RIGHT)).toBe('429 after 1')
    state.now += 999
    expect(await show(RIGHT)).toBe(200)
    expect(await guess(MOST + 1, OFFICE, 10)).toEqual([401, 401, 401, '429 after 60'])
  })

  it('shut out nobody of the same address who was let in within the hour', async () => {
    const { state, show, guess } = setUp()
    expect(await show(RIGHT)).toBe(200)
    await guess(MOST)
    expect([await show(RIGHT), await show('wrong-x')]).toEqual([200, '429 after 60'])
    // Each use counts from anew.
    state.now += 3_599_999
    expect(await show(RIGHT)).toBe(200)
    state.now += 3_599_999
    await guess(MOST, OFFICE, 10)
    expect(await show(RIGHT)).toBe(200)
    state.now += 3_600_000
    await guess(MOST, OFFICE, 20)
    expect(await show(RIGHT)).toBe('429 after 60')
  })

  it('shut out nobody with a cookie, and nobody of another address', async () => {
    const { access, request, show, guess } = setUp()
    const { secret } = await access.signIn(request(RIGHT, OFFICE), 'cam', [])
    await guess(MOST)
    const { authorization: _, ...headers } = request(RIGHT).headers
    const page = {
      ...request(RIGHT, OFFICE),
      method: 'GET',
      headers: { ...headers, cookie: `pixelcast-web=${secret}` },
    }
    await expect(access.require(page, 'cam', 'view')).resolves.toBeUndefined()
    expect(await show(RIGHT, '192.0.2.2')).toBe(200)
  })

  it('count once each, and are told to be wrong again', async () => {
    const { show, guess } = setUp()
    for (let i = 0; i < 10; i++) expect(await show('an-old-one')).toBe(401)
    expect(await guess(MOST)).toEqual([401, 401, '429 after 60'])
    expect(await show('an-old-one')).toBe(401)
  })

  it('count by the 64 bits of an address of IPv6; from loopback more are looked at; unknown addresses are not slowed down', async () => {
    const { show, guess } = setUp()
    await guess(MOST, '2001:db8::1')
    expect(await show('x', '2001:db8::ffff')).toBe('429 after 60')
    expect(await show('x', '2001:db8:0:1::1')).toBe(401)
    expect(await guess(2 * MOST + 1, '::1')).toEqual([...Array(2 * MOST).fill(401), '429 after 60'])
    expect(await guess(10 * MOST, null)).toEqual(Array(10 * MOST).fill(401))
  })

  it('are slowed down wherever they are shown', async () => {
    const { access, request, guess } = setUp()
    await guess(MOST)
    const asked = request('wrong-x', OFFICE)
    const wish = { track: undefined, rights: ['view'], lifetime: 60 } as const
    for (const attempt of [
      access.visible(asked, ['cam']),
      access.signIn(asked, 'cam', []),
      access.createTicket(asked, wish),
      access.mayControl(asked, 'cam'),
      access.require(asked, 'cam', 'publish'),
    ])
      await expect(attempt).rejects.toMatchObject({ status: 429 })
  })
})

describe('tokens that only the application knows', () => {
  it('are wrong when it says so, and it is not asked any more', async () => {
    const { state, show, guess } = setUp(async ({ request }) => [request.token === RIGHT])
    expect(await show(RIGHT)).toBe(200)
    expect(await guess(MOST + 1)).toEqual([403, 403, 403, '429 after 60'])
    expect(state.asked).toEqual([RIGHT, 'wrong-0', 'wrong-1', 'wrong-2'])
    expect(await show(RIGHT)).toBe(200)
  })

  it('are not wrong when it could not say, or was not asked', async () => {
    const { access, request, guess } = setUp(async () => [null])
    expect(await guess(2 * MOST)).toEqual(Array(2 * MOST).fill(503))
    const none = setUp(async () => [])
    for (let i = 0; i < 2 * MOST; i++)
      await none.access.visible(none.request(`one-${i}`, OFFICE), []).catch(() => {})
    expect((await none.guess(1))[0]).toBe(503)
    await expect(access.visible(request('x', OFFICE), ['cam'])).rejects.toMatchObject({ status: 503 })
  })

  it('count while it is asked, so that nobody guesses many at once', async () => {
    const { show } = setUp(async () => [false])
    const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => show(`wrong-${i}`)))
    expect(answers).toEqual([403, 403, 403, ...Array(7).fill('429 after 1')])
  })

  it('are not wrong for being refused one right of several', async () => {
    const { access, request, guess, show } = setUp(async ({ right }) => [right === 'view'])
    expect(await show('good')).toBe(200)
    for (let i = 0; i < 5; i++) expect(await access.mayControl(request('good', OFFICE), 'cam')).toBe(false)
    expect(await guess(1)).toEqual([200])
  })
})
