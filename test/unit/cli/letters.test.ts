import { createCanvas } from '@napi-rs/canvas'
import { describe, expect, it } from 'vitest'
import { canDraw, drawText, textWidth } from '../../../src/cli/demo/letters.js'
import { clockText } from '../../../src/cli/demo/overlay.js'

describe('letters drawn with lines', () => {
  it('has a glyph for all that the demo writes', () => {
    for (const text of [
      'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
      '0123456789',
      'found in 2.1 ms',
      'mean speed 38 km/h',
      '01:23.4',
    ])
      expect(canDraw(text), text).toBe(true)
    expect(canDraw('€')).toBe(false)
  })

  it('draws every glyph differently, without any font', () => {
    const seen = new Map<string, string>()
    for (const letter of 'ABCDEFGHIJKLMNPQRSTUVWXYZ123456789') {
      const canvas = createCanvas(30, 30)
      drawText(canvas.getContext('2d'), letter, 4, 4, 18)
      const pixels = canvas.data().toString('base64')
      expect(seen.get(pixels), `${letter} looks like another`).toBeUndefined()
      seen.set(pixels, letter)
    }
  })

  it('knows how wide a text is', () => {
    const canvas = createCanvas(200, 40)
    drawText(canvas.getContext('2d'), 'HOME 42', 10, 10, 12)
    const columns = []
    const data = canvas.data()
    for (let x = 0; x < 200; x++)
      if (Array.from({ length: 40 }, (_, y) => data[(y * 200 + x) * 4 + 3]!).some((alpha) => alpha > 128))
        columns.push(x)
    expect(columns.at(-1)! - columns[0]!).toBeCloseTo(textWidth('HOME 42', 12), -0.7)
  })

  it('shows the time', () => {
    expect(clockText(83.46)).toBe('01:23.4')
    expect(clockText(0)).toBe('00:00.0')
  })
})
