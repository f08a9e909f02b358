import { describe, expect, it } from 'vitest'
import { AccessQuestions } from '../../../src/host/access-questions.js'
import { answerBy } from '../../../src/host/authorize.js'
import { checkServerOptions, type ServerOptions } from '../../../src/host/options.js'
import type { AccessQuestion } from '../../../src/server/access/types.js'

const QUESTION: AccessQuestion = {
  request: { method: 'GET', url: 'http://h/tracks', headers: {} },
  tracks: ['a', 'b'],
  right: 'view',
}

describe('the options of access', () => {
  it.each<[unknown, string]>([
    [
      { access: 'a-token-itself' },
      'access: expected an object with tokens, authorize, got a text of 14 characters',
    ],
    [{ access: { token: 'x' } }, 'access.token: expected one of the options tokens, authorize'],
    [{ access: { tokens: 'secret-one' } }, 'access.tokens: expected a list .* got a text of 10 characters'],
    [
      { access: { tokens: ['secret-one'] } },
      'access.tokens\\[0\\]: expected an object .* a text of 10 characters',
    ],
    [
      { access: { tokens: [{ token: 'short' }] } },
      'access.tokens\\[0\\].token: expected 8 to 512 .* of 5 characters',
    ],
    [{ access: { tokens: [{}] } }, 'access.tokens\\[0\\].token: expected 8 to 512 letters.* got undefined'],
    [
      { access: { tokens: [{ token: 'longenough', rights: ['see'] }] } },
      'tokens\\[0\\].rights: expected a list of view',
    ],
    [
      { access: { tokens: [{ token: 'longenough', rights: [] }] } },
      'tokens\\[0\\].rights: expected a list of view',
    ],
    [
      { access: { tokens: [{ token: 'longenough', tracks: [] }] } },
      'tokens\\[0\\].tracks: expected a list of names',
    ],
    [
      { access: { tokens: [{ token: 'longenough', right: 1 }] } },
      'tokens\\[0\\].right: expected one of the options',
    ],
    [{ access: { authorize: true } }, 'access.authorize: expected a function'],
    [{ public: 1 }, 'public: expected true or false, got 1'],
    [{ host: '0.0.0.0' }, 'host: expected 127.0.0.1; or .*access.*public: true.* got "0.0.0.0"'],
    [{ host: '127.evil.example' }, 'host: expected 127.0.0.1'],
    [{ host: '::', ingest: { token: 'long-enough' } }, 'host: expected 127.0.0.1'],
  ])('%j is refused by name', (options, message) => {
    expect(() => checkServerOptions(options as ServerOptions)).toThrow(new RegExp(message))
  })

  it('are needed only where others reach the server', () => {
    const tokens = [{ token: 'long-enough' }]
    for (const options of [
      {},
      { host: 'localhost' },
      { host: '::1' },
      { host: '127.0.0.2' },
      { host: '0.0.0.0', access: { tokens } },
      { host: '0.0.0.0', access: {} },
      { host: '0.0.0.0', public: true },
      { host: '0.0.0.0', listen: false },
    ])
      expect(() => checkServerOptions(options)).not.toThrow()
  })

  it('cross threads without any token', () => {
    const { access } = checkServerOptions({
      access: {
        tokens: [{ token: 'long-enough', rights: ['control'], tracks: ['a*'] }],
        authorize: () => true,
      },
      ingest: { token: 'another-one' },
    })
    expect(access).toMatchObject({ asked: ['view', 'control', 'publish'], authorize: true })
    expect(access.grants.map(({ rights, tracks }) => [rights, tracks])).toEqual([
      [['control', 'view'], ['a*']],
      [['publish'], undefined],
    ])
    expect(Buffer.from(JSON.stringify(structuredClone(access))).toString()).not.toMatch(
      /long-enough|another-one/,
    )
    expect(checkServerOptions({ ingest: { token: 'another-one' } }).access.asked).toEqual(['publish'])
    expect(checkServerOptions({ public: true, access: {} }).access.asked).toEqual(['control', 'publish'])
    expect(checkServerOptions({}).access).toEqual({ grants: [], asked: [], authorize: false })
  })
})

describe('the application’s answer', () => {
  it('is for each track; what fails is no answer, and told', async () => {
    const errors: string[] = []
    const ask = (authorize: (track: string) => unknown) =>
      answerBy(
        (_, track) => authorize(track) as boolean,
        QUESTION,
        ({ message }) => errors.push(message),
      )
    expect(await ask((track) => track === 'a')).toEqual([true, false])
    expect(await ask(async (track) => track === 'b')).toEqual([false, true])
    expect(errors).toEqual([])
    expect(
      await ask((track) => {
        if (track === 'a') throw new Error('out of order')
        return Promise.reject('out of reach')
      }),
    ).toEqual([null, null])
    expect(await ask((track) => (track === 'a' ? undefined : 'yes'))).toEqual([null, null])
    expect(errors.sort()).toEqual([
      'access.authorize: expected true or false, or a promise of one, got "yes"',
      'access.authorize: expected true or false, or a promise of one, got undefined',
      'out of order',
      'out of reach',
    ])
  })

  it('is waited for, not for ever', async () => {
    const errors: string[] = []
    const sent: number[] = []
    const questions = new AccessQuestions(
      (id) => sent.push(id),
      ({ message }) => errors.push(message),
      20,
    )
    const first = questions.ask(QUESTION)
    const second = questions.ask(QUESTION)
    questions.settle(sent[1] ?? 0, [true, false])
    questions.settle(99, [true])
    expect(await second).toEqual([true, false])
    await expect(first).rejects.toMatchObject({ status: 503 })
    expect(errors).toEqual(['access.authorize did not answer within 20 ms; refused'])
    questions.settle(sent[0] ?? 0, [true, true]) // too late
    const third = questions.ask(QUESTION)
    questions.close()
    await expect(third).rejects.toMatchObject({ status: 503, message: 'the server is closing' })
  })

  it('is not waited for by more than a thousand', async () => {
    const questions = new AccessQuestions(
      () => {},
      () => {},
    )
    const waiting = Array.from({ length: 1_000 }, () => questions.ask(QUESTION).catch(() => 'closed'))
    await expect(questions.ask(QUESTION)).rejects.toMatchObject({ status: 503 })
    questions.close()
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['closed']))
  })
})
