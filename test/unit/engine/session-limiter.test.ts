import { describe, expect, it } from 'vitest'
import { SignalingError } from '../../../src/common/errors.js'
import { type Seat, SessionLimiter, type SessionRequest } from '../../../src/engine/session-limiter.js'
import { checkLimits, type LimitOptions, type LimitSettings } from '../../../src/host/limit-options.js'

const HOME = '192.0.2.1'
const OTHER = '198.51.100.7'

/** A limiter whose clock and loads are set by hand. */
class Door {
  now = 1_000_000
  encode = 0
  send = 0
  readonly reports: string[] = []
  readonly gaveWay: string[] = []
  readonly limiter: SessionLimiter
  readonly limits: LimitSettings
  #next = 0

  constructor(limits: LimitOptions) {
    this.limits = checkLimits(limits)
    const loads = { encode: () => this.encode, send: () => this.send }
    this.limiter = new SessionLimiter(this.limits.engine, loads, (limit, value) =>
      this.reports.push(`${limit}=${value}`),
    )
  }

  /** A place, or the status, the seconds to wait, and the text of the refusal. */
  enter(
    who: { address?: string; holder?: string; encoder?: Partial<SessionRequest['encoder']> } = {},
  ): Seat | [number, string, string] {
    const id = `${++this.#next}`
    const encoder = { name: 'cam/h264', isRunning: true, share: 0, ...who.encoder }
    try {
      return this.limiter.admit({ ...who, encoder, giveWay: () => this.gaveWay.push(id) }, this.now)
    } catch (error) {
      if (!(error instanceof SignalingError)) throw error
      return [error.status, error.headers['Retry-After'] ?? '', error.message]
    }
  }

  seat(...args: Parameters<Door['enter']>): Seat {
    const entered = this.enter(...args)
    if (Array.isArray(entered)) throw new Error(`refused: ${entered.join(' ')}`)
    return entered
  }

  /** One that is connected at once. */
  watch(...args: Parameters<Door['enter']>): Seat {
    const seat = this.seat(...args)
    seat.connected(this.now)
    return seat
  }
}

const refusal = (status: number, after: string, text: string) => [
  status,
  after,
  expect.stringContaining(text),
]

describe('the sessions that there may be', () => {
  it('in all: one more is refused, others are not disturbed, and there is room when one leaves', () => {
    const door = new Door({ sessions: 3, sessionRate: 100 })
    const seats = [door.watch(), door.watch({ address: HOME }), door.watch({ address: OTHER })]
    expect(door.enter()).toEqual(refusal(503, '5', 'all places'))
    expect(door.enter()).toEqual(refusal(503, '5', 'all places'))
    expect(door.reports).toEqual(['limits.sessions=3', 'limits.sessions=3'])
    expect(door.gaveWay).toEqual([])
    seats[1]?.release()
    seats[1]?.release()
    door.watch()
    expect(door.enter()).toEqual(refusal(503, '5', 'all places'))
  })

  it('from one address, IPv6 by its first half', () => {
    const door = new Door({ sessionsPerAddress: 2 })
    const first = door.watch({ address: '2001:db8::1' })
    door.watch({ address: '2001:db8::2' })
    expect(door.enter({ address: '2001:db8::3' })).toEqual(refusal(429, '5', 'from this address'))
    expect(door.reports).toEqual(['limits.sessionsPerAddress=2'])
    door.watch({ address: '2001:db8:0:1::1' })
    door.watch()
    first.release()
    door.watch({ address: '2001:db8::3' })
  })

  it('with one token, wherever it is shown', () => {
    const door = new Door({ sessionsPerToken: 2 })
    const first = door.watch({ holder: 'a', address: HOME })
    door.watch({ holder: 'a', address: OTHER })
    expect(door.enter({ holder: 'a' })).toEqual(refusal(429, '5', 'with this token'))
    expect(door.reports).toEqual(['limits.sessionsPerToken=2'])
    door.watch({ holder: 'b' })
    door.watch()
    first.release()
    door.watch({ holder: 'a' })
  })

  it('do not say to the client what the operator is told', () => {
    const door = new Door({ sessions: 77, sessionsPerAddress: 1 })
    door.watch({ address: HOME })
    const [, , text] = door.enter({ address: HOME }) as [number, string, string]
    expect(text).not.toMatch(/\d|limits/)
  })

  it('from loopback are as many as there may be in all, unless it is said', () => {
    const many = new Door({ sessions: 200 })
    for (let i = 0; i < 200; i++) many.watch({ address: i % 2 ? '127.0.0.1' : '::1' })
    const few = new Door({ sessionsPerAddress: 1 })
    few.watch({ address: '127.0.0.1' })
    expect(few.enter({ address: '::ffff:127.0.0.1' })).toEqual(refusal(429, '5', 'from this address'))
  })
})

describe('how fast sessions may come', () => {
  it('in all: five seconds of the rate at once, then the rate', () => {
    const door = new Door({ sessionRate: 2 })
    const seats = Array.from({ length: 10 }, () => door.watch())
    expect(door.enter()).toEqual(refusal(503, '1', 'too fast'))
    expect(door.reports).toEqual(['limits.sessionRate=2'])
    // That one leaves makes no room for this.
    for (const seat of seats) seat.release()
    expect(door.enter()).toEqual(refusal(503, '1', 'too fast'))
    door.now += 500
    door.watch()
    expect(door.enter()).toEqual(refusal(503, '1', 'too fast'))
  })

  it('from one address: the others do not notice', () => {
    const door = new Door({ sessionRatePerAddress: 0.2 })
    door.watch({ address: HOME })
    expect(door.enter({ address: HOME })).toEqual(refusal(429, '5', 'from this address come too fast'))
    door.watch({ address: OTHER })
    door.now += 4_000
    expect(door.enter({ address: HOME })).toEqual(refusal(429, '1', 'from this address come too fast'))
    door.now += 1_000
    door.watch({ address: HOME })
  })

  it('less than one in five seconds is slow, and not never', () => {
    for (const [limits, status] of [
      [{ sessionRate: 0.1 }, 503],
      [{ sessionRatePerAddress: 0.1 }, 429],
    ] as const) {
      const door = new Door(limits)
      for (let i = 0; i < 3; i++) {
        door.watch({ address: HOME })
        expect(door.enter({ address: HOME })).toEqual(refusal(status, '10', 'too fast'))
        door.now += 10_000
        door.limiter.tick(door.now)
      }
    }
  })

  it('who is refused has not used anything up', () => {
    const door = new Door({ sessions: 1, sessionRate: 0.4, sessionRatePerAddress: 0.4 })
    const seat = door.watch({ address: HOME })
    for (let i = 0; i < 50; i++)
      expect(door.enter({ address: HOME })).toEqual(refusal(503, '5', 'all places'))
    seat.release()
    door.watch({ address: HOME })
  })

  it('an address is forgotten when it has nothing, and not before', () => {
    const door = new Door({ sessionRatePerAddress: 1 })
    const seats = Array.from({ length: 5 }, () => door.watch({ address: HOME }))
    for (const seat of seats) seat.release()
    door.now += 1_000
    door.limiter.tick(door.now)
    door.watch({ address: HOME })
    expect(door.enter({ address: HOME })).toEqual(refusal(429, '1', 'too fast'))
    door.now += 10_000
    door.limiter.tick(door.now)
    for (let i = 0; i < 5; i++) door.watch({ address: HOME })
    expect(door.enter({ address: HOME })).toEqual(refusal(429, '1', 'too fast'))
  })
})

describe('sessions that do not connect', () => {
  it('from one address are few, and give way after three seconds, the oldest first', () => {
    const door = new Door({ connectingPerAddress: 2 })
    const [first] = [door.seat({ address: HOME }), door.seat({ address: HOME })]
    door.watch({ address: OTHER })
    expect(door.enter({ address: HOME })).toEqual(refusal(429, '1', 'still connecting'))
    expect(door.reports).toEqual(['limits.connectingPerAddress=2'])
    first.connected(door.now)
    door.seat({ address: HOME })
    door.now += 2_999
    expect(door.enter({ address: HOME })).toEqual(refusal(429, '1', 'still connecting'))
    door.now += 1
    door.seat({ address: HOME })
    expect(door.gaveWay).toEqual(['2'])
  })

  it('never take the place of one that has connected', () => {
    const door = new Door({ sessions: 2 })
    door.watch()
    door.watch()
    door.now += 100_000
    expect(door.enter()).toEqual(refusal(503, '5', 'all places'))
    expect(door.gaveWay).toEqual([])
  })

  it('a thousand of them, from one address or from many, keep nobody out for longer than that', () => {
    for (const addressOf of [() => HOME, (i: number) => `10.0.${i >> 8}.${i & 255}`]) {
      const door = new Door({})
      let refused = 0
      for (let i = 0; i < 1_000; i++) {
        if (Array.isArray(door.enter({ address: addressOf(i) }))) refused++
        door.now += 10
      }
      expect(refused).toBeGreaterThan(0)
      // Somebody else, who comes in the middle of it and honours Retry-After.
      const entered = door.enter({ address: OTHER })
      if (!Array.isArray(entered)) continue
      door.now += Number(entered[1]) * 1_000
      door.watch({ address: OTHER })
    }
  })
})

describe('load', () => {
  const other = { name: 'other/h264', isRunning: false, share: 0.1 }

  it('of encoding keeps out who needs another encoder, and nobody else', () => {
    const door = new Door({ encodeLoad: 0.6 })
    door.encode = 0.51
    expect(door.enter({ encoder: other })).toEqual(refusal(503, '5', 'busy encoding'))
    expect(door.reports).toEqual(['limits.encodeLoad=0.6'])
    door.watch()
    door.encode = 0.5
    door.watch({ encoder: other })
    door.encode = 0.99
    door.watch()
    // It runs for somebody who has come before.
    door.watch({ encoder: other })
  })

  it('counts what was promised until it can be measured', () => {
    const door = new Door({ encodeLoad: 0.5 })
    const cams = ['a', 'b', 'c', 'd', 'e'].map((name) => ({ ...other, name, share: 0.2 }))
    expect(cams.map((encoder) => Array.isArray(door.enter({ encoder })))).toEqual([
      false,
      false,
      true,
      true,
      true,
    ])
    // They have not connected: their promise lapses.
    door.now += 3_000
    door.watch({ encoder: cams[2]! })
    door.watch({ encoder: cams[3]! })
    expect(door.enter({ encoder: cams[4]! })).toEqual(refusal(503, '5', 'busy encoding'))
    door.encode = 0.25
    door.now += 3_000
    door.watch({ encoder: cams[4]! })
  })

  it('of the only one who watches is nobody else’s', () => {
    const door = new Door({ encodeLoad: 0.5 })
    door.watch({ encoder: { ...other, share: 1 } })
  })

  it('of sending keeps out everybody', () => {
    const door = new Door({ sendLoad: 0.9 })
    door.watch()
    door.send = 0.91
    expect(door.enter()).toEqual(refusal(503, '5', 'busy sending'))
    expect(door.reports).toEqual(['limits.sendLoad=0.9'])
    door.send = 0.9
    door.watch()
  })

  it('is of no importance at 1', () => {
    const door = new Door({ sendLoad: 1, encodeLoad: 1 })
    door.send = 1
    door.encode = 1
    door.watch({ encoder: { ...other, share: 1 } })
  })
})
