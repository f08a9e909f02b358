import { describe, expect, it } from 'vitest'
import { ContentCost, type EncodedSample } from '../../../src/encode/content-cost.js'

const PIXELS = 1280 * 720
/** So many bits for each pixel. */
const sample = (bitsPerPixel: number, psnr: number | undefined, keyframe = false): EncodedSample => ({
  bytes: (PIXELS * bitsPerPixel) / 8,
  pixels: PIXELS,
  psnr,
  keyframe,
})
const costAfter = (count: number, ...samples: EncodedSample[]): number => {
  const cost = new ContentCost()
  for (let i = 0; i < count; i++) cost.update(samples[i % samples.length]!)
  return cost.bitsPerPixel
}

describe('ContentCost', () => {
  it('takes content for video at first', () => {
    expect(costAfter(0)).toBe(0.02)
  })

  it('is what good pictures took', () => {
    expect(costAfter(500, sample(0.05, 34))).toBeCloseTo(0.05, 4)
    expect(costAfter(500, sample(0.008, 34))).toBeCloseTo(0.008, 4)
  })

  it('is less than what better ones took, and more than what worse ones did', () => {
    expect(costAfter(500, sample(0.04, 39))).toBeCloseTo(0.02, 4)
    expect(costAfter(500, sample(0.02, 29))).toBeCloseTo(0.04, 4)
  })

  it('is about the same whatever the rate', () => {
    // The same content at 1, 2, and 4 Mbit/s: each doubling is 5 dB.
    const costs = [1e6, 2e6, 4e6].map((rate, i) => costAfter(500, sample(rate / 30 / PIXELS, 29 + 5 * i)))
    expect(Math.max(...costs) / Math.min(...costs)).toBeLessThan(1.01)
  })

  it('passes over keyframes and what the encoder does not say', () => {
    expect(costAfter(500, sample(5, 40, true), sample(0.09, undefined))).toBe(0.02)
  })

  it('stays within reason for a still screen and for noise', () => {
    expect(costAfter(500, sample(0.00001, 60))).toBeCloseTo(0.001, 4)
    expect(costAfter(500, sample(2, 12))).toBeCloseTo(0.1, 4)
    expect(costAfter(500, sample(0, 99))).toBeCloseTo(0.001, 4)
  })

  it('follows new content within seconds, not within one picture', () => {
    expect(costAfter(1, sample(2, 12))).toBeLessThan(0.025)
    expect(costAfter(90, sample(2, 12))).toBeGreaterThan(0.09)
  })
})
