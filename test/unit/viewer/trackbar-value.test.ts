import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { TrackbarValue } from '../../../src/viewer/trackbar-value.js'

describe('TrackbarValue', () => {
  let shown: number
  let sent: number[]
  let bar: TrackbarValue
  beforeEach(() => {
    vi.useFakeTimers()
    sent = []
    bar = new TrackbarValue({
      show: (value) => {
        shown = value
      },
      send: (value) => sent.push(value),
    })
    bar.tell(20)
  })
  afterEach(() => void vi.useRealTimers())

  it('follows the server', () => {
    expect(shown).toBe(20)
    bar.tell(30)
    expect(shown).toBe(30)
    expect(sent).toEqual([])
  })

  it('leaves a drag alone, and then shows what the server has said since', () => {
    bar.grab()
    bar.move(40)
    bar.tell(33)
    expect(shown).toBe(40)
    bar.release()
    expect(shown).toBe(33)
    expect(sent).toEqual([40])
  })

  it('forgets what the server said before a person went on', () => {
    bar.grab()
    bar.move(40)
    bar.tell(33)
    bar.move(50)
    bar.release()
    expect(shown).toBe(50)
    expect(sent).toEqual([40, 50])
    // The answer to that one, after all.
    bar.tell(45)
    expect(shown).toBe(45)
  })

  it('hears the server again after a drag that ended where it began', () => {
    bar.grab()
    bar.move(21)
    bar.move(20)
    bar.release()
    expect(sent.at(-1)).toBe(20)
    bar.tell(5)
    expect(shown).toBe(5)
  })

  it('was taken hold of and not moved: the server is followed all the same', () => {
    bar.grab()
    bar.tell(7)
    expect(shown).toBe(20)
    bar.release()
    expect(shown).toBe(7)
    expect(sent).toEqual([])
  })

  it('sends nothing once it is gone', () => {
    bar.move(1)
    bar.move(2)
    bar.clear()
    vi.advanceTimersByTime(100)
    expect(sent).toEqual([1])
  })
})
