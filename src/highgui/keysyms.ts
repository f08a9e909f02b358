/** X11's numbers for keys, `keysymdef.h`. */
const NAMED: Readonly<Record<string, number>> = {
  Backspace: 0xff08,
  Clear: 0xff0b,
  Pause: 0xff13,
  ScrollLock: 0xff14,
  Home: 0xff50,
  ArrowLeft: 0xff51,
  ArrowUp: 0xff52,
  ArrowRight: 0xff53,
  ArrowDown: 0xff54,
  PageUp: 0xff55,
  PageDown: 0xff56,
  End: 0xff57,
  Select: 0xff60,
  PrintScreen: 0xff61,
  Execute: 0xff62,
  Insert: 0xff63,
  Undo: 0xff65,
  Redo: 0xff66,
  ContextMenu: 0xff67,
  Find: 0xff68,
  Cancel: 0xff69,
  Help: 0xff6a,
  NumLock: 0xff7f,
  CapsLock: 0xffe5,
  AltGraph: 0xfe03, // ISO_Level3_Shift
  Delete: 0xffff,
}

/** Of keys that are there twice, by `code`. The Windows key is X11's Super. */
const MODIFIER_KEYS: Readonly<Record<string, readonly [left: number, right: number]>> = {
  Shift: [0xffe1, 0xffe2],
  Control: [0xffe3, 0xffe4],
  Alt: [0xffe9, 0xffea],
  Meta: [0xffeb, 0xffec],
}

/** Of the numeric keypad, by what the key means. */
const KEYPAD: Readonly<Record<string, number>> = {
  Enter: 0xff8d,
  Home: 0xff95,
  ArrowLeft: 0xff96,
  ArrowUp: 0xff97,
  ArrowRight: 0xff98,
  ArrowDown: 0xff99,
  PageUp: 0xff9a,
  PageDown: 0xff9b,
  End: 0xff9c,
  Clear: 0xff9d, // KP_Begin: the 5 without NumLock
  Insert: 0xff9e,
  Delete: 0xff9f,
  '=': 0xffbd,
  '*': 0xffaa,
  '+': 0xffab,
  ',': 0xffac,
  '-': 0xffad,
  '.': 0xffae,
  '/': 0xffaf,
}
const KP_0 = 0xffb0
const F1 = 0xffbe
const F35 = 35

/** Characters without a number of their own have their code point, with this bit. */
const UNICODE = 0x1000000

/**
 * X11's older numbers of characters are the bytes of the 8-bit sets of their time, with the number of the
 * set above them. Where a character is in several, the first counts.
 */
const CHARACTER_SETS: readonly (readonly [set: number, encoding: string, first: number])[] = [
  [0x100, 'iso-8859-2', 0xa1],
  [0x200, 'iso-8859-3', 0xa1],
  [0x300, 'iso-8859-4', 0xa1],
  [0x500, 'iso-8859-6', 0xac],
  [0x600, 'koi8-u', 0xc0],
  [0x700, 'iso-8859-7', 0xc1],
  [0xc00, 'iso-8859-8', 0xe0],
  [0xd00, 'windows-874', 0xa1],
]
/** Where X11 departs from that: runs of characters, with the number of the first. */
const RUNS: readonly (readonly [first: number, characters: string])[] = [
  [
    0x4a6,
    'ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン',
  ],
  [0x6a1, 'ђѓёєѕіїјљњћќґўџ'],
  [0x6b1, 'ЂЃЁЄЅІЇЈЉЊЋЌҐЎЏ'],
  [0x7a1, 'ΆΈΉΊΪ'],
  [0x7a7, 'ΌΎΫ'],
  [0x7ab, 'Ώ'],
  [0x7b1, 'άέήίϊΐόύϋΰώ'],
  [0x7d2, 'Σ'],
  [0x7f2, 'σς'],
  [0x8f6, 'ƒ'],
  [0x13bc, 'ŒœŸ'],
  [0x20ac, '€'],
]

let characters: Map<string, number> | undefined

function charactersOfSets(): Map<string, number> {
  const found = new Map(
    RUNS.flatMap(([first, run]) => [...run].map((character, at) => [character, first + at] as const)),
  )
  for (const [set, encoding, first] of CHARACTER_SETS) {
    const decoder = decoderOf(encoding)
    if (!decoder) continue
    for (let byte = first; byte <= 0xff; byte++) {
      const character = decoder.decode(Uint8Array.of(byte))
      if (!found.has(character)) found.set(character, set | byte)
    }
  }
  return found
}

/** A Node that was built without ICU has only Unicode: a viewer's key must not end the program for that. */
function decoderOf(encoding: string) {
  try {
    return new TextDecoder(encoding)
  } catch {
    return undefined
  }
}

function ofCharacter(character: string): number {
  const point = character.codePointAt(0) as number
  if ((point >= 0x20 && point <= 0x7e) || (point >= 0xa0 && point <= 0xff)) return point
  characters ??= charactersOfSets()
  return characters.get(character) ?? UNICODE | point
}

/**
 * X11's number of a key that a browser named.
 *
 * @param key `KeyboardEvent.key`
 * @param code `KeyboardEvent.code`
 * @returns undefined when X11 has no number for it
 */
export function keysymOf(key: string, code: string): number | undefined {
  if (code.startsWith('Numpad')) {
    const keypad = /^\d$/.test(key) ? KP_0 + Number(key) : KEYPAD[key]
    if (keypad !== undefined) return keypad
  }
  const modifier = MODIFIER_KEYS[key]
  if (modifier) return modifier[code.endsWith('Right') ? 1 : 0]
  const number = /^F(\d{1,2})$/.exec(key)?.[1]
  if (number !== undefined && Number(number) >= 1 && Number(number) <= F35) return F1 + Number(number) - 1
  // One character, which may be two UTF-16 units; names of keys are longer.
  if ([...key].length === 1) return ofCharacter(key)
  return Object.hasOwn(NAMED, key) ? NAMED[key] : undefined
}
