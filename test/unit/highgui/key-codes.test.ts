import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { keyCode } from '../../../src/highgui/key-codes.js'
import { keysymOf } from '../../../src/highgui/keysyms.js'
import type { KeyInput, Modifiers } from '../../../src/track/index.js'

const NONE: Modifiers = { shift: false, ctrl: false, alt: false, meta: false }

function press(key: string, more: Partial<KeyInput> = {}): number | undefined {
  return keyCode({ type: 'down', key, code: '', repeat: false, ...NONE, ...more })
}

describe('the code of a key', () => {
  // What `waitKey() & 0xff` gives on Linux.
  it.each([
    ['a', {}, 97],
    ['A', { shift: true }, 65],
    ['!', { shift: true }, 33],
    [' ', {}, 32],
    ['Escape', {}, 27],
    ['Enter', {}, 13],
    ['Backspace', {}, 8],
    ['Tab', {}, 9],
    ['Delete', {}, 255],
    ['ArrowLeft', {}, 81],
    ['Home', {}, 80],
    ['F1', {}, 190],
    ['Shift', { code: 'ShiftLeft', shift: true }, 225],
    ['Enter', { code: 'NumpadEnter' }, 141],
    ['1', { code: 'Numpad1' }, 177],
    ['é', {}, 233],
  ] as const)('%s %o is %i for waitKey', (key, more, code) => {
    expect(press(key, more)! & 0xff).toBe(code)
  })

  // Numbers that people have in their programs.
  it.each([
    ['ArrowLeft', {}, 65361],
    ['ArrowUp', {}, 65362],
    ['ArrowRight', {}, 65363],
    ['ArrowDown', {}, 65364],
    ['PageUp', {}, 65365],
    ['End', {}, 65367],
    ['Insert', {}, 65379],
    ['Delete', {}, 65535],
    ['F12', {}, 65481],
    ['ArrowLeft', { shift: true }, 65361 + 0x10000],
    ['a', { ctrl: true }, 97 + 0x40000],
    ['a', { alt: true, meta: true }, 97 + 0x480000],
    ['Escape', { ctrl: true }, 27 + 0x40000],
    ['Tab', { shift: true }, 0xfe20 + 0x10000],
    // A modifier is not yet held when it is pressed, others are.
    ['Shift', { code: 'ShiftRight', shift: true, ctrl: true }, 0xffe2 + 0x40000],
    ['Meta', { code: 'MetaLeft', meta: true }, 0xffeb],
    ['AltGraph', { code: 'AltRight' }, 0xfe03],
    ['Home', { code: 'Numpad7' }, 0xff95],
    ['+', { code: 'NumpadAdd' }, 0xffab],
  ] as const)('%s %o is %i for waitKeyEx', (key, more, code) => {
    expect(press(key, more)).toBe(code)
  })

  it('is none for a release, and for what is no key of X11', () => {
    expect(press('a', { type: 'up' })).toBeUndefined()
    for (const key of ['Unidentified', 'Dead', 'LaunchMail', 'F99', 'constructor', '__proto__'])
      expect(press(key)).toBeUndefined()
  })
})

describe('characters', () => {
  it.each([
    ['ф', 0x6c6],
    ['ł', 0x1b3],
    ['λ', 0x7eb],
    ['ς', 0x7f3],
    ['א', 0xce0],
    ['€', 0x20ac],
    ['漢', 0x1006f22],
    ['😀', 0x101f600],
  ])('%s has the number that its keyboard layout gives it', (character, keysym) => {
    expect(keysymOf(character, '')).toBe(keysym)
  })

  const header = '/usr/include/X11/keysymdef.h'
  it.skipIf(!existsSync(header))("agree with X11's own list, where it has one number for one letter", () => {
    const lines = readFileSync(header, 'utf8').matchAll(
      /^#define XK_\w+\s+0x([0-9a-f]+)\s+\/\* U\+([0-9A-F]{4}) /gm,
    )
    const numbers = new Map<string, number[]>()
    for (const [, keysym = '', point = ''] of lines) {
      const letter = String.fromCodePoint(Number.parseInt(point, 16))
      // Hangul is composed, and comes as text, not as keys.
      if (/\p{L}/u.test(letter) && !/\p{Script=Hangul}/u.test(letter))
        numbers.set(letter, [...(numbers.get(letter) ?? []), Number.parseInt(keysym, 16)])
    }
    expect(numbers.size).toBeGreaterThan(500)
    const wrong = [...numbers].filter(([letter, keysyms]) => !keysyms.includes(keysymOf(letter, '')!))
    expect(wrong.map(([letter, [keysym = 0]]) => `${letter} 0x${keysym.toString(16)}`)).toEqual([])
  })
})
