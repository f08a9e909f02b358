import { describe, expect, it } from 'vitest'
import type { Input, InputImage, TimedImage } from '../../../src/cli/input/types.js'
import { type PlayerClock, play } from '../../../src/cli/player.js'

/** A clock that stands still unless somebody sleeps or works. */
class FakeClock implements PlayerClock {
  time = 1_000_000
  now(): number {
    return this.time
  }
  async sleepUntil(time: number, signal: AbortSignal): Promise<void> {
    if (!signal.aborted) this.time = Math.max(this.time, time)
  }
}

const IMAGE: InputImage = Uint8Array.of(1)

function inputOf(images: Iterable<TimedImage>): Input {
  return {
    kind: 'video',
    name: 'test',
    description: '',
    async *[Symbol.asyncIterator]() {
      yield* images
    },
  }
}

function evenly(count: number, interval: number, load: (index: number) => Promise<InputImage>): Input {
  return inputOf(Array.from({ length: count }, (_, i) => ({ at: i * interval, load: () => load(i) })))
}

const quiet = { onBadImage: () => undefined }
const never = new AbortController().signal

describe('player', () => {
  it('shows every image at its time, the first at once', async () => {
    const clock = new FakeClock()
    const times: number[] = []
    const input = evenly(4, 40, async () => IMAGE)
    const result = await play(input, () => times.push(clock.time - 1_000_000), clock, never, quiet)
    expect(times).toEqual([0, 40, 80, 120])
    expect(result).toEqual({ shown: 4, skipped: 0, bad: 0 })
  })

  it('does not let the time of loading add up', async () => {
    const clock = new FakeClock()
    const times: number[] = []
    const input = evenly(5, 40, async () => {
      clock.time += 30
      return IMAGE
    })
    await play(input, () => times.push(clock.time), clock, never, quiet)
    const start = times[0]!
    expect(times.map((time) => time - start)).toEqual([0, 40, 80, 120, 160])
  })

  it('keeps the speed when loading is too slow, by leaving images out', async () => {
    const clock = new FakeClock()
    const shown: { index: number; time: number }[] = []
    let last = 0
    const input = evenly(100, 20, async (index) => {
      clock.time += 60
      last = index
      return IMAGE
    })
    const show = () => shown.push({ index: last, time: clock.time })
    const result = await play(input, show, clock, never, quiet)
    expect(result.skipped).toBeGreaterThan(50)
    expect(result.shown).toBeGreaterThan(20)
    const start = shown[0]!.time
    for (const { index, time } of shown) expect(Math.abs(time - start - index * 20)).toBeLessThan(250)
  })

  it('shows something even when every image is late', async () => {
    const clock = new FakeClock()
    const images = Array.from({ length: 200 }, (_, i) => ({ at: i * 10, load: async () => IMAGE }))
    async function* source() {
      for (const image of images) {
        clock.time += 50
        yield image
      }
    }
    const input: Input = { ...inputOf([]), [Symbol.asyncIterator]: source }
    const { shown } = await play(input, () => undefined, clock, never, quiet)
    expect(shown).toBeGreaterThan(30)
  })

  it('moves the plan after a long sleep of the machine instead of racing', async () => {
    const clock = new FakeClock()
    const times: number[] = []
    const behind: number[] = []
    const images = Array.from({ length: 4 }, (_, i) => ({ at: i * 100, load: async () => IMAGE }))
    async function* source() {
      for (const [i, image] of images.entries()) {
        if (i === 2) clock.time += 60_000
        yield image
      }
    }
    const input: Input = { ...inputOf([]), [Symbol.asyncIterator]: source }
    await play(input, () => times.push(clock.time), clock, never, {
      ...quiet,
      onBehind: (ms) => behind.push(ms),
    })
    expect(behind).toHaveLength(1)
    expect(times[3]! - times[2]!).toBe(100)
    expect(times[2]! - times[1]!).toBe(60_000)
  })

  it('reports an image that cannot be read or is refused, and goes on', async () => {
    const clock = new FakeClock()
    const errors: unknown[] = []
    let shown = 0
    const input = evenly(5, 40, async (index) => {
      if (index === 0 || index === 2) throw new Error(`image ${index} is broken`)
      return IMAGE
    })
    const show = () => {
      if (++shown === 2) throw new Error('refused')
    }
    const result = await play(input, show, clock, never, { onBadImage: (error) => errors.push(error) })
    expect(errors.map(String)).toEqual([
      'Error: image 0 is broken',
      'Error: image 2 is broken',
      'Error: refused',
    ])
    expect(result).toEqual({ shown: 2, skipped: 0, bad: 3 })
  })

  it('stops when asked to, and closes the input', async () => {
    const clock = new FakeClock()
    const controller = new AbortController()
    let closed = false
    async function* source() {
      try {
        for (let i = 0; ; i++) yield { at: i * 40, load: async () => IMAGE }
      } finally {
        closed = true
      }
    }
    const input: Input = { ...inputOf([]), [Symbol.asyncIterator]: source }
    let shown = 0
    await play(input, () => ++shown === 3 && controller.abort(), clock, controller.signal, quiet)
    expect(shown).toBe(3)
    expect(closed).toBe(true)
  })

  it('passes on an error of the input itself', async () => {
    async function* source(): AsyncGenerator<TimedImage> {
      yield { at: 0, load: async () => IMAGE }
      throw new Error('the disk is gone')
    }
    const input: Input = { ...inputOf([]), [Symbol.asyncIterator]: source }
    await expect(play(input, () => undefined, new FakeClock(), never, quiet)).rejects.toThrow(
      'the disk is gone',
    )
  })
})
