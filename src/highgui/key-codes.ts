import type { KeyInput } from '../track/index.js'
import { keysymOf } from './keysyms.js'

/** What GTK's `GdkModifierType` calls them; `waitKeyEx` has them above the lower 16 bits. */
const SHIFT = 1
const CONTROL = 4
const MOD1 = 8
const MOD4 = 64

/** Keys that OpenCV's GTK backend gives an ASCII code, where X11 has another number. */
const ASCII: Readonly<Record<string, number>> = { Escape: 27, Enter: 13, Tab: 9 }
const ISO_LEFT_TAB = 0xfe20

/**
 * The code that `waitKeyEx` of OpenCV's GTK backend (`icvOnKeyPress` in window_gtk.cpp) gives for a key:
 * X11's number of it, but ASCII for Escape, Enter and Tab, and the modifiers in the upper half. Lock keys, of
 * which browsers tell nothing, count as off.
 *
 * @returns undefined for a release, and for keys that X11 does not know
 */
export function keyCode({ type, key, code, shift, ctrl, alt, meta }: KeyInput): number | undefined {
  if (type !== 'down') return undefined
  const plain = codeOf(key, code, shift)
  if (plain === undefined) return undefined
  // As X11: the modifiers before the key, of which a modifier is not one itself.
  const held =
    (shift && key !== 'Shift' ? SHIFT : 0) |
    (ctrl && key !== 'Control' ? CONTROL : 0) |
    (alt && key !== 'Alt' ? MOD1 : 0) |
    (meta && key !== 'Meta' ? MOD4 : 0)
  return plain | (held << 16)
}

function codeOf(key: string, code: string, shift: boolean): number | undefined {
  if (key === 'Tab' && shift) return ISO_LEFT_TAB
  if (Object.hasOwn(ASCII, key) && code !== 'NumpadEnter') return ASCII[key]
  return keysymOf(key, code)
}
