import type { Context } from './canvas.js'

/**
 * Letters drawn with lines, because a bare server has no font at all and a canvas then draws nothing.
 * Each glyph is made of strokes on a grid 4 wide and 6 high, a point being `xy`; strokes are separated
 * by spaces.
 */
const GLYPHS: Readonly<Record<string, string>> = {
  A: '0602102030424602 0444',
  B: '0600304143330333444606',
  C: '4130100105163645',
  D: '06003041453606',
  E: '40000646 0333',
  F: '400006 0333',
  G: '4130100105163645432343',
  H: '0006 4046 0343',
  I: '1030 2026 1636',
  J: '4045361605',
  K: '0006 4003 1346',
  L: '000646',
  M: '0600234046',
  N: '06004640',
  O: '100105163645413010',
  P: '0600304142330333',
  Q: '100105163645413010 2446',
  R: '0600304142330333 2346',
  S: '4130100102133344453616 1605',
  T: '0040 2026',
  U: '000516364540',
  V: '002640',
  W: '0016233640',
  X: '0046 4006',
  Y: '002340 2326',
  Z: '00400646',
  '0': '100105163645413010 1531',
  '1': '112026 1636',
  '2': '0110304142062646',
  '3': '0110304142331333444536160504',
  '4': '36300444',
  '5': '40000233444536160504',
  '6': '413010010516364544330304',
  '7': '004016',
  '8': '103041423313020110 3344453616050413',
  '9': '051636454130100102134344',
  '.': '2526',
  ',': '2516',
  ':': '2122 2526',
  '-': '1333',
  '+': '0343 2125',
  '/': '0640',
  '#': '1016 3036 0242 0444',
  '%': '0640 0111 3545',
  '·': '2333',
  '×': '1135 3115',
}

/** Width and height of the grid, and the step to the next letter, in grid units. */
const GRID = { height: 6, advance: 6, space: 4 } as const

/** How wide a text of this height is, in pixels. */
export function textWidth(text: string, height: number): number {
  const units = [...text].reduce((sum, letter) => sum + (letter === ' ' ? GRID.space : GRID.advance), 0)
  return (Math.max(0, units - 2) * height) / GRID.height
}

/** Draws capital letters, digits and some signs in `ctx.strokeStyle`; `x` and `y` is the upper left corner. */
export function drawText(ctx: Context, text: string, x: number, y: number, height: number): void {
  const unit = height / GRID.height
  ctx.lineWidth = Math.max(1, height * 0.145)
  ctx.lineCap = 'round'
  ctx.lineJoin = 'round'
  ctx.beginPath()
  let left = x
  for (const letter of text.toUpperCase()) {
    if (letter === ' ') {
      left += GRID.space * unit
      continue
    }
    for (const stroke of (GLYPHS[letter] ?? '').split(' '))
      for (let i = 0; i + 1 < stroke.length; i += 2) {
        const px = left + Number(stroke[i]) * unit
        const py = y + Number(stroke[i + 1]) * unit
        if (i === 0) ctx.moveTo(px, py)
        else ctx.lineTo(px, py)
      }
    left += GRID.advance * unit
  }
  ctx.stroke()
}

/** Whether every sign of a text has a glyph; for tests. */
export function canDraw(text: string): boolean {
  return [...text.toUpperCase()].every((letter) => letter === ' ' || letter in GLYPHS)
}
