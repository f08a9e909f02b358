import { afterEach, describe, expect, it } from 'vitest'
import {
  Converter,
  type EncodeTarget,
  quietFfmpeg,
  type TimedPicture,
  TrackEncoder,
} from '../../../src/encode/index.js'
import { noise } from '../../support/images.js'

quietFfmpeg()
const open: { close(): void }[] = []
afterEach(() => {
  for (const thing of open.splice(0)) thing.close()
})

const PLENTY = 1_000_000
/** Never good enough to be left alone: a still picture is refined. */
const SIDE = 64

interface Shown {
  /** When it was encoded, ms. */
  readonly at: number
  readonly captureTime: number
  readonly isNew: boolean
}

/** An encoder in the hands of somebody who calls it as the feed does, in time that is simulated. */
async function setUp(target: Partial<EncodeTarget> = {}) {
  const converter = new Converter()
  const encoder = new TrackEncoder('h264')
  open.push(converter, encoder)
  encoder.setTarget({ bitrate: PLENTY, available: PLENTY, ...target })
  const pictures = await Promise.all(
    [1, 2, 3, 4].map(async (seed) => {
      const own = new Converter()
      open.push(own)
      return (await own.convert({ ...noise(SIDE, SIDE, seed) }, [1]))[0]!
    }),
  )
  const shown: Shown[] = []
  let now = 1_000
  let last: TimedPicture | undefined
  let count = 0
  let encoded: TimedPicture | undefined
  const encode = async () => {
    if (!last) return
    const isNew = last !== encoded
    encoded = last
    const frame = await encoder.encode(last, now)
    shown.push({ at: now, captureTime: frame?.captureTime ?? Number.NaN, isNew })
  }
  /** Encodes what is due until a time. */
  const wait = async (until: number) => {
    for (let due = encoder.dueAt(now); last && due < until; due = encoder.dueAt(now)) {
      now = Math.max(now, Math.ceil(due))
      await encode()
    }
    now = until
  }
  /** An image comes. */
  const show = async () => {
    last = { ...pictures[count++ % pictures.length]!, captureTime: now }
    if (encoder.wants(now)) await encode()
  }
  return {
    encoder,
    shown,
    show,
    wait: (time: number) => wait(now + time),
    get now() {
      return now
    },
    /** Images come for so long, ms; between them, and for the same time after the last, what is due is encoded. */
    async images(fps: number, time: number) {
      const start = now
      for (let i = 0; i < (time / 1000) * fps; i++) {
        await wait(start + (i * 1000) / fps)
        await show()
      }
      await wait(start + time)
    },
  }
}

const news = (shown: readonly Shown[]) => shown.filter(({ isNew }) => isNew)

describe('fewer images a second', () => {
  it('are all of them without a bound, each at once', async () => {
    const { images, shown } = await setUp()
    await images(30, 2_000)
    expect(news(shown)).toHaveLength(60)
    for (const { at, captureTime } of news(shown)) expect(Math.abs(at - captureTime)).toBeLessThan(0.1)
  })

  it.each([5, 8, 11, 14, 17, 20, 24])(
    'are %i when so many are wanted of 30, none long before its turn',
    async (maxFps) => {
      const { images, shown } = await setUp({ maxFps })
      await images(30, 4_000)
      const times = news(shown).map(({ at }) => at)
      expect(times.length).toBeGreaterThanOrEqual(0.75 * maxFps * 4)
      expect(times.length).toBeLessThanOrEqual((maxFps * 4) / 0.75 + 1)
      const gaps = times.slice(1).map((time, i) => time - times[i]!)
      expect(Math.min(...gaps)).toBeGreaterThan(0.74 * (1000 / maxFps))
    },
  )

  it('a picture that was left out is shown at its turn when nothing newer comes', async () => {
    const { encoder, images, shown, wait } = await setUp({ maxFps: 5 })
    await images(30, 70)
    expect(news(shown).map(({ at }) => at)).toEqual([1_000])
    expect(encoder.dueAt(1_070)).toBe(1_200)
    await wait(200)
    const [, second] = news(shown)
    expect(second?.at).toBe(1_200)
    // It is the last one that came, and says when it was made.
    expect(second?.captureTime).toBeCloseTo(1_066.7, 0)
  })

  it('are no reason to wait when images come rarely', async () => {
    const { images, shown } = await setUp({ maxFps: 5 })
    await images(4, 3_000)
    expect(news(shown)).toHaveLength(12)
    for (const { at, captureTime } of news(shown)) expect(Math.abs(at - captureTime)).toBeLessThan(0.1)
  })

  it('do not hold up a keyframe that was asked for', async () => {
    const { encoder, images, shown, wait } = await setUp({ maxFps: 1 })
    await images(30, 400)
    const before = shown.length
    encoder.requestKeyframe()
    await wait(10)
    expect(shown.length).toBe(before + 1)
    expect(shown.at(-1)?.isNew).toBe(true)
  })

  it('are shown at once when they come at about that rate, a little early and late', async () => {
    const { shown, show, wait } = await setUp({ maxFps: 25 })
    for (let i = 0; i < 50; i++) {
      await wait(i % 2 ? 45 : 35)
      await show()
    }
    expect(news(shown)).toHaveLength(50)
    for (const { at, captureTime } of news(shown)) expect(Math.abs(at - captureTime)).toBeLessThan(0.1)
  })

  it('end when there is room again', async () => {
    const { encoder, images, shown } = await setUp({ maxFps: 5 })
    await images(30, 1_000)
    encoder.setTarget({ bitrate: PLENTY, available: PLENTY })
    const before = news(shown).length
    await images(30, 1_000)
    expect(news(shown).length - before).toBeGreaterThanOrEqual(29)
  })
})

describe('postponed', () => {
  it('nothing is due before the time, whatever is asked for', async () => {
    const { encoder, images, now } = await setUp()
    await images(30, 100)
    encoder.postpone(now + 500)
    encoder.requestKeyframe()
    expect(encoder.dueAt(now + 100)).toBe(now + 500)
  })

  it('shows the last picture then', async () => {
    const setup = await setUp()
    await setup.images(30, 100)
    const before = setup.shown.length
    const until = setup.now + 120
    setup.encoder.postpone(until)
    await setup.wait(200)
    expect(setup.shown[before]?.at).toBe(Math.ceil(until))
  })

  it('holds for the first picture, too', async () => {
    const { encoder } = await setUp()
    encoder.postpone(5_000)
    expect(encoder.dueAt(1_000)).toBe(5_000)
    expect(encoder.dueAt(6_000)).toBe(6_000)
  })

  it('is over with the time', async () => {
    const setup = await setUp()
    await setup.images(30, 100)
    setup.encoder.postpone(setup.now + 50)
    await setup.wait(60)
    const before = news(setup.shown).length
    await setup.images(30, 500)
    expect(news(setup.shown).length - before).toBe(15)
  })
})
