import * as canvas from '@napi-rs/canvas'
import { describe, expect, it } from 'vitest'
import { type Box, type Detection, Detector } from '../../../src/cli/demo/detector.js'
import { seededRandom } from '../../../src/cli/demo/random.js'
import { Scene, type TruthObject } from '../../../src/cli/demo/scene.js'
import { Tracker } from '../../../src/cli/demo/tracker.js'

const SIZE = { width: 960, height: 540 }
const METRES_PER_PIXEL = 0.1 / (SIZE.width / 1280)

/** Anything that finds boxes in a picture; also the false detectors that must not pass. */
type Find = (pixels: Uint8Array) => readonly Detection[]

interface Score {
  recall: number
  precision: number
  labels: number
  partlyHidden: number
}

function overlap(a: Box, b: Box): number {
  const w = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)
  const h = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y)
  if (w <= 0 || h <= 0) return 0
  return (w * h) / (a.width * a.height + b.width * b.height - w * h)
}

/** Plays a seeded scene and compares what is found with what is there. */
function score(seed: number, find: Find, frames = 60): Score {
  const scene = new Scene(canvas, SIZE, seed)
  for (let i = 0; i < 30; i++) {
    scene.advance(0.8)
    scene.draw()
    find(scene.canvas.data())
  }
  let [expected, found, named, reported, right, hidden] = [0, 0, 0, 0, 0, 0]
  for (let i = 0; i < frames; i++) {
    scene.advance(0.2)
    scene.draw()
    const detections = find(scene.canvas.data())
    const truth = scene.truth().filter(({ visible }) => visible > 0.05)
    for (const object of truth) {
      if (object.visible < 0.9) hidden++
      if (object.visible < 0.8) continue
      expected++
      const best = bestMatch(object, detections)
      if (!best || overlap(best.box, object.box) < 0.4) continue
      found++
      if (best.label === object.kind) named++
    }
    reported += detections.length
    right += detections.filter(({ box }) => truth.some((object) => overlap(box, object.box) > 0.2)).length
  }
  expect(expected).toBeGreaterThan(frames * 8)
  return {
    recall: found / expected,
    precision: reported ? right / reported : 0,
    labels: named / Math.max(1, found),
    partlyHidden: hidden,
  }
}

function bestMatch(object: TruthObject, detections: readonly Detection[]): Detection | undefined {
  return [...detections].sort((a, b) => overlap(b.box, object.box) - overlap(a.box, object.box))[0]
}

// Some hundred pictures are drawn and searched, which a busy machine takes its time for.
describe('detector of the demo', { timeout: 60_000 }, () => {
  it.each([1, 7, 42])('finds what is in the scene (seed %i)', (seed) => {
    const detector = new Detector({ metresPerPixel: METRES_PER_PIXEL, learn: 30 })
    const result = score(seed, (pixels) => detector.detect(pixels, SIZE.width, SIZE.height))
    expect(result.recall).toBeGreaterThan(0.93)
    expect(result.precision).toBeGreaterThan(0.93)
    expect(result.labels).toBeGreaterThan(0.9)
    expect(result.partlyHidden).toBeGreaterThan(50)
  })

  it('is measured by something that nothing and chance do not pass', () => {
    expect(score(7, () => [], 10).recall).toBe(0)
    const random = seededRandom(5)
    const guess = score(
      7,
      () =>
        Array.from({ length: 30 }, () => ({
          box: { x: random() * 900, y: random() * 500, width: 40, height: 20 },
          label: 'car' as const,
          colour: 'red',
        })),
      10,
    )
    expect(guess.recall).toBeLessThan(0.2)
    expect(guess.precision).toBeLessThan(0.2)
  })

  it('finds nothing where nothing moves, in changing light too', () => {
    const detector = new Detector({ metresPerPixel: 0.1, learn: 5 })
    const random = seededRandom(3)
    const still = Uint8Array.from({ length: 320 * 180 * 4 }, () => 60 + random() * 80)
    for (let i = 0; i < 60; i++) {
      const light = 1 + 0.25 * Math.sin(i / 12)
      const pixels = still.map((value) => Math.min(255, value * light))
      expect(detector.detect(pixels, 320, 180)).toEqual([])
    }
  })

  it('learns anew when the size changes', () => {
    const detector = new Detector({ metresPerPixel: 0.1, learn: 2 })
    const picture = (w: number, h: number) => new Uint8Array(w * h * 4).fill(90)
    for (let i = 0; i < 3; i++) detector.detect(picture(320, 180), 320, 180)
    expect(detector.ready).toBe(true)
    detector.detect(picture(640, 360), 640, 360)
    expect(detector.ready).toBe(false)
  })
})

describe('tracker of the demo', () => {
  const at = (x: number, y: number): Detection => ({
    box: { x, y, width: 40, height: 20 },
    label: 'car',
    colour: 'red',
  })

  it('keeps the numbers of two that pass each other', () => {
    const tracker = new Tracker()
    let tracks = tracker.update([], 0)
    for (let i = 0; i < 40; i++) tracks = tracker.update([at(10 * i, 100), at(400 - 10 * i, 130)], 1 / 30)
    expect(tracks.map(({ id }) => id).sort()).toEqual([1, 2])
    const eastward = tracks.find(({ speed }) => speed.x > 0)!
    expect(eastward.box.y).toBe(100)
    expect(eastward.speed.x).toBeCloseTo(300, -1)
  })

  it('guesses where something hidden is, and knows it again when it comes out', () => {
    const tracker = new Tracker()
    for (let i = 0; i < 30; i++) tracker.update([at(4 * i, 50)], 1 / 30)
    for (let i = 30; i < 60; i++) {
      const [hidden] = tracker.update([], 1 / 30)
      expect(hidden!.unseen).toBeGreaterThan(0)
      expect(Math.abs(hidden!.box.x - 4 * i)).toBeLessThan(12)
    }
    const [seen] = tracker.update([at(240, 50)], 1 / 30)
    expect(seen).toMatchObject({ id: 1, unseen: 0 })
  })

  it('gives no number to a flicker, and forgets what is gone', () => {
    const tracker = new Tracker()
    expect(tracker.update([at(0, 0)], 1 / 30)).toEqual([])
    for (let i = 0; i < 10; i++) expect(tracker.update([], 1 / 30)).toEqual([])
    for (let i = 0; i < 10; i++) tracker.update([at(0, 0)], 1 / 30)
    expect(tracker.update([], 1)).toHaveLength(1)
    expect(tracker.update([], 1)).toEqual([])
  })
})
