import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { KeyQueue, NO_KEY } from '../../../src/highgui/key-queue.js'

describe('keys that wait', () => {
  let keys: KeyQueue
  beforeEach(() => {
    vi.useFakeTimers()
    keys = new KeyQueue()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('are taken in order', () => {
    keys.push(1)
    keys.push(2)
    expect([keys.take(), keys.take(), keys.take()]).toEqual([1, 2, undefined])
  })

  it('are bounded, and the last ones stay', () => {
    for (let key = 0; key < 1_000; key++) keys.push(key)
    const taken = []
    for (let key = keys.take(); key !== undefined; key = keys.take()) taken.push(key)
    expect(taken).toHaveLength(128)
    expect(taken.at(-1)).toBe(999)
  })

  it('go to those who wait, one to each, first come first served', async () => {
    const waiting = [keys.wait(), keys.wait(50), keys.wait()]
    keys.push(1)
    keys.push(2)
    expect(await Promise.all(waiting.slice(0, 2))).toEqual([1, 2])
    keys.push(3)
    keys.push(4)
    expect(await waiting[2]).toBe(3)
    expect(keys.take()).toBe(4)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('are waited for as long as was said', async () => {
    const seen = vi.fn()
    void keys.wait(50).then(seen)
    await vi.advanceTimersByTimeAsync(49)
    expect(seen).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    expect(seen).toHaveBeenCalledWith(NO_KEY)
    keys.push(7)
    expect(keys.take()).toBe(7)
  })

  it('are waited for as long as a timer can, at most', async () => {
    const seen = vi.fn()
    void keys.wait(Number.POSITIVE_INFINITY).then(seen)
    await vi.advanceTimersByTimeAsync(1e9)
    expect(seen).not.toHaveBeenCalled()
    keys.push(5)
    await vi.advanceTimersByTimeAsync(0)
    expect(seen).toHaveBeenCalledWith(5)
  })

  it('are not waited for without end when there is no window; a time that was said is kept', async () => {
    const patient = keys.wait()
    const timed = vi.fn()
    void keys.wait(50).then(timed)
    keys.noWindow()
    expect(await patient).toBe(NO_KEY)
    expect(timed).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(50)
    expect(timed).toHaveBeenCalledWith(NO_KEY)
  })

  it('are not to come when there is no server', async () => {
    const waiting = keys.wait()
    expect(keys.fail(new Error('no server'))).toBe(true)
    await expect(waiting).rejects.toThrow('no server')
    expect(keys.fail(new Error('again'))).toBe(false)
  })
})
