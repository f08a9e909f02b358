import { describe, expect, it } from 'vitest'
import { place, toSource } from '../../../src/viewer/placement.js'
import { Zooming } from '../../../src/viewer/zooming.js'

function zooming({ ratio = 1, width = 1_280, height = 720 } = {}) {
  const image = { width, height }
  const situation = { box: { width: 640, height: 480 }, image, coded: image, fit: 'contain' as const, ratio }
  let changes = 0
  const zoom = new Zooming({ situation, changed: () => changes++ })
  const at = (x: number, y: number) => toSource(place({ ...situation, zoom: zoom.zoom }), { x, y })
  return { zoom, at, changes: () => changes }
}

describe('Zooming', () => {
  it('begins with what fits, and counts in device pixels', () => {
    expect(zooming().zoom.scale).toBe(0.5)
    expect(zooming({ ratio: 2 }).zoom.scale).toBe(1)
  })

  it('leaves the pixel under the pointer where it is', () => {
    const { zoom, at } = zooming()
    const before = at(200, 200)
    zoom.to(4, { x: 200, y: 200 })
    expect(zoom.scale).toBe(4)
    expect(Math.abs(at(200, 200).x - before.x)).toBeLessThan(0.2)
    expect(Math.abs(at(200, 200).y - before.y)).toBeLessThan(0.2)
  })

  it('stops at 1:1 and at what fits on its way', () => {
    const { zoom } = zooming()
    zoom.to(0.9)
    zoom.by(1.5)
    expect(zoom.scale).toBe(1)
    zoom.by(1.5)
    zoom.by(0.5)
    expect(zoom.scale).toBe(1)
    zoom.by(0.4)
    expect(zoom.zoom).toBeUndefined()
    zoom.by(0.5)
    expect(zoom.scale).toBe(0.5)
  })

  it('makes an image that fits only enlarged as small as it is, and no smaller', () => {
    const { zoom } = zooming({ width: 17, height: 33 })
    expect(zoom.scale).toBeGreaterThan(14)
    zoom.to(1)
    expect(zoom.scale).toBe(1)
    zoom.to(0.1)
    expect(zoom.scale).toBe(1)
  })

  it('has a largest pixel', () => {
    const { zoom } = zooming()
    zoom.to(1e9)
    expect(zoom.scale).toBe(96)
  })

  it('moves a picture with the pointer, at its edge too', () => {
    const { zoom, at } = zooming()
    zoom.to(4)
    const before = at(320, 240)
    zoom.pan(-40, 20)
    expect(at(320, 240).x - before.x).toBeCloseTo(10)
    expect(at(320, 240).y - before.y).toBeCloseTo(-5)
    zoom.pan(1e6, 1e6)
    expect(at(0, 0)).toEqual({ x: 0, y: 0 })
    zoom.pan(-8, -8)
    expect(at(0, 0)).toEqual({ x: 2, y: 2 })
  })

  it('centres a pixel', () => {
    const { zoom, at } = zooming()
    zoom.to(8)
    zoom.centre({ x: 1_000, y: 500 })
    expect(at(320, 240)).toEqual({ x: 1_000, y: 500 })
  })

  it('does nothing without a picture, and with nonsense', () => {
    const none = new Zooming({ situation: undefined, changed: () => expect.unreachable() })
    none.to(2)
    none.by(2)
    none.pan(5, 5)
    none.centre({ x: 1, y: 1 })
    expect(none.scale).toBe(0)
    const { zoom, changes } = zooming()
    zoom.to(Number.NaN)
    zoom.to(-1)
    expect(changes()).toBe(0)
  })
})
