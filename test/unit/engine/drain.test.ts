import { readdirSync, readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Drain } from '../../../src/engine/drain.js'
import { endCauseOf } from '../../../src/engine/end-cause.js'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('a drain', () => {
  it('asks one viewer after the other, and ends when it is told that all have left', async () => {
    const asked: number[] = []
    const drain = new Drain(
      { timeout: 5000, retryAfter: 2 },
      [1, 2, 3].map((n) => () => asked.push(n)),
    )
    await vi.advanceTimersByTimeAsync(0)
    expect(asked).toEqual([1])
    await vi.advanceTimersByTimeAsync(20)
    expect(asked).toEqual([1, 2])
    await vi.advanceTimersByTimeAsync(20)
    expect(asked).toEqual([1, 2, 3])
    let isDone = false
    void drain.done.then(() => {
      isDone = true
    })
    await vi.advanceTimersByTimeAsync(100)
    expect(isDone).toBe(false)
    drain.finish()
    await drain.done
    expect(drain.refusal).toMatchObject({ status: 503, headers: { 'Retry-After': '2' } })
  })

  it('ends when time is up, having asked everybody by half of it', async () => {
    let asked = 0
    const drain = new Drain(
      { timeout: 1000, retryAfter: 1 },
      Array.from({ length: 500 }, () => () => asked++),
    )
    await vi.advanceTimersByTimeAsync(500)
    expect(asked).toBe(500)
    await vi.advanceTimersByTimeAsync(500)
    await drain.done
  })

  it('ends at once when nobody is there', async () => {
    await new Drain({ timeout: 5000, retryAfter: 1 }, []).done
  })
})

describe('the class of a reason', () => {
  it('is known of every reason in the sources', () => {
    const reasons = ['engine', 'transport', 'server/socket'].flatMap((room) => {
      const folder = new URL(`../../../src/${room}/`, import.meta.url)
      return (
        readdirSync(folder)
          // what is published elsewhere has no sessions here
          .filter((name) => name.endsWith('.ts') && name !== 'upstream.ts')
          .flatMap((name) => [
            ...readFileSync(new URL(name, folder), 'utf8').matchAll(
              /#(?:end|ended)\((?:viewer, )?['`]([^'`$]+)/g,
            ),
          ])
          .map(([, reason]) => (reason === 'the ' ? 'the viewer left' : (reason ?? '')))
      )
    })
    expect(reasons.length).toBeGreaterThan(6)
    expect(reasons.filter((reason) => endCauseOf(reason) === 'other')).toEqual([])
    expect(endCauseOf('something new')).toBe('other')
  })
})
