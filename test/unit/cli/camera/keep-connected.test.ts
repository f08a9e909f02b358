import { describe, expect, it } from 'vitest'
import { CliError } from '../../../../src/cli/errors.js'
import {
  type Connect,
  Hopeless,
  keepConnected,
  pauseBefore,
} from '../../../../src/cli/input/camera/keep-connected.js'
import { FakeClock } from '../stream/support.js'

type Attempt = (events: Parameters<Connect>[0], clock: FakeClock) => 'lost' | 'over'

/** Goes through the attempts, then stops. Gives the lines of the terminal, and when each attempt began (ms). */
async function go(attempts: readonly Attempt[]) {
  const clock = new FakeClock()
  const controller = new AbortController()
  const lines: string[] = []
  const times: number[] = []
  const line = (text: string) => lines.push(text)
  const left = [...attempts]
  const connect: Connect = async (events) => {
    times.push(clock.time - 1_000_000)
    const attempt = left.shift()
    if (!attempt) {
      controller.abort()
      return 'over'
    }
    return attempt(events, clock)
  }
  const end = await keepConnected(connect, { note: line, warn: line }, controller.signal, {
    clock,
    name: 'rtsp://camera',
    random: () => 1,
  })
  return { lines, times, end }
}

const refuse: Attempt = () => {
  throw new CliError('connection refused')
}
const play =
  (ms: number): Attempt =>
  (events, clock) => {
    events.onOpen('MJPEG')
    events.onImage()
    clock.time += ms
    return 'lost'
  }

describe('a camera', () => {
  it('is tried again with growing pauses, and missed only once', async () => {
    const { lines, times } = await go([refuse, refuse, refuse, refuse, play(60_000)])
    expect(times.slice(0, 5)).toEqual([0, 500, 1500, 3500, 7500])
    expect(lines).toEqual([
      'no connection: connection refused; trying again',
      'back after 7.5 s, MJPEG',
      'lost: the stream ended; trying again',
    ])
  })

  it('is asked soon again after a connection that was good', async () => {
    const { times } = await go([refuse, refuse, refuse, play(60_000), refuse])
    expect(times.slice(3)).toEqual([3500, 64_000, 65_000])
  })

  it('is not asked soon again when it never holds', async () => {
    const { times } = await go([play(100), play(100), play(100)])
    expect(times).toEqual([0, 600, 1700, 3800])
  })

  it('is given up when there never was any hope', async () => {
    const hopeless: Attempt = () => {
      throw new Hopeless('it answers 404 Not Found')
    }
    await expect(go([hopeless])).rejects.toThrow('rtsp://camera: it answers 404 Not Found')
    // but a camera that starts anew may answer anything for a while
    const { lines, end } = await go([play(20_000), hopeless, play(20_000)])
    expect(lines).toEqual([
      'connected, MJPEG',
      'lost: the stream ended; trying again',
      'no connection: it answers 404 Not Found; trying again',
      'back after 1.5 s, MJPEG',
      'lost: the stream ended; trying again',
    ])
    expect(end.shown).toBe(2)
  })

  it('may come to its end', async () => {
    const { lines, times, end } = await go([
      (events) => {
        events.onOpen('video')
        events.onImage()
        return 'over'
      },
    ])
    expect([lines, times.length, end.shown]).toEqual([['connected, video'], 1, 1])
  })
})

describe('the pause before another attempt', () => {
  it('grows to 15 s, and is never the same for all', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 100].map((attempt) => pauseBefore(attempt, () => 1))).toEqual([
      500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000,
    ])
    expect(pauseBefore(3, () => 0)).toBe(1000)
    expect(pauseBefore(3, () => 0.5)).toBe(1500)
  })
})
