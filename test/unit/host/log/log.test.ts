import { Writable } from 'node:stream'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { SignalingError } from '../../../../src/common/errors.js'
import type { LogRecord } from '../../../../src/common/log.js'
import { EngineLog } from '../../../../src/host/log/engine-log.js'
import { FloodGate } from '../../../../src/host/log/flood-gate.js'
import { checkLog, Log, logLevelOf } from '../../../../src/host/log/log.js'
import { Secrets } from '../../../../src/host/log/secrets.js'

describe('the gate against floods', () => {
  it('lets twenty of a kind through, then one a second, and says how many it held back', () => {
    const gate = new FloodGate()
    const passed = Array.from({ length: 100 }, () => gate.pass('a', 0)).filter((held) => held !== undefined)
    expect(passed).toHaveLength(20)
    expect(gate.pass('b', 0)).toBe(0)
    expect(gate.pass('a', 1000)).toBe(80)
    expect(gate.pass('a', 1000)).toBeUndefined()
    expect(gate.take(1500)).toEqual([])
    expect(gate.take(2000)).toEqual([{ kind: 'a', held: 1 }])
    expect(gate.take(9000)).toEqual([])
  })

  it('does not grow with kinds', () => {
    const gate = new FloodGate()
    const passed = Array.from({ length: 5000 }, (_, n) => gate.pass(`kind ${n}`, 0))
    expect(passed.filter((held) => held !== undefined)).toHaveLength(220)
  })
})

describe('secrets', () => {
  it('are those of the options, and what looks like a key', () => {
    const secrets = new Secrets({
      ingest: { token: 'short-token' },
      ice: { servers: [{ urls: 'turn:x', secret: 'turn-secret', credential: 'turn-word' }] },
      title: 'the title',
    })
    expect(secrets.hide('short-token turn-secret turn-word the title')).toBe(
      '[secret] [secret] [secret] the title',
    )
    expect(secrets.hide('session Zm9vYmFyYmF6cXV4Zm9v1 ended')).toBe('session […] ended')
    expect(secrets.hide('expected multipart-x-mixed-replace')).toBe('expected multipart-x-mixed-replace')
  })
})

describe('the log', () => {
  it('takes levels, loggers and functions, and refuses all else', () => {
    for (const good of [undefined, 'silent', 'debug', () => {}, pino({ level: 'silent' })]) checkLog(good)
    for (const bad of ['loud', 5, {}, null])
      expect(() => checkLog(bad)).toThrow(/^log: expected silent, trace/)
    expect(logLevelOf(pino({ level: 'debug' }))).toBe('debug')
    expect(logLevelOf(pino({ level: 'silent' }))).toBe('info')
    expect(logLevelOf(undefined)).toBe('silent')
  })

  it('writes to a logger of pino, fields and message', async () => {
    let text = ''
    const stream = new Writable({
      write(chunk, _, done) {
        text += chunk
        done()
      },
    })
    const log = await Log.open(pino({ level: 'warn' }, stream), { token: 'my-secret-token' })
    log.add('info', 'nothing', 'is not written')
    log.add('warn', 'something', 'with my-secret-token', {
      track: 'a-track-with-a-long-name-1',
      error: 'my-secret-token',
    })
    expect(JSON.parse(text)).toMatchObject({
      level: 40,
      event: 'something',
      msg: 'with [secret]',
      track: 'a-track-with-a-long-name-1',
      error: '[secret]',
    })
  })

  it('is not stopped by a function that throws', async () => {
    const log = await Log.open(() => {
      throw new Error('expected here')
    })
    log.add('info', 'a', 'b')
    log.add('info', 'a', 'b')
  })
})

describe('what the engine says', () => {
  function logged(act: (log: EngineLog) => void): LogRecord[] {
    const records: LogRecord[] = []
    const log = new EngineLog('info', (record) => records.push(record))
    act(log)
    log.close()
    return records
  }

  it('is what was expected of a request, not what came', () => {
    const request = { method: 'POST', route: 'whep', status: 400, duration: 1 } as const
    const reasons = [
      'a=ice-pwd: expected 22 characters, got "s3cret"',
      'there is no track "s3cret"',
      'there is nothing at /whep/sessions/s3cret/x',
      'malformed percent-encoding in the path: s3cret%',
      'the offer could not be answered: s3cret',
    ].map((detail) => logged((log) => log.request({ ...request, detail }))[0]?.fields.reason)
    expect(reasons).toEqual([
      'a=ice-pwd: expected 22 characters',
      'there is no track "…"',
      'there is nothing at /…',
      'malformed percent-encoding in the path',
      'the offer could not be answered',
    ])
  })

  it('does not flood, and shows a stack only of what nobody expected', () => {
    const flood = logged((log) => {
      for (let n = 0; n < 1000; n++) log.request({ method: 'GET', route: 'other', status: 404, duration: 0 })
    })
    expect(flood).toHaveLength(20)
    const [expected, surprise] = logged((log) => {
      log.error(new SignalingError(503, 'busy'), 'cam')
      log.error(new TypeError('what'))
    })
    expect(expected).toMatchObject({ level: 'warn', event: 'track error', fields: { code: 'ERR_SIGNALING' } })
    expect(expected?.fields.stack).toBeUndefined()
    expect(surprise).toMatchObject({
      level: 'error',
      fields: { stack: expect.stringContaining('TypeError') },
    })
  })
})
