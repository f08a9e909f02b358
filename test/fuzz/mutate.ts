import type { Chance } from './chance.js'

const EDGES = [0, 1, 0x7f, 0x80, 0xfe, 0xff]
const WIDE_EDGES = [0, 1, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff]

/** Bytes spoilt a few times: bits, edges of numbers, pieces cut, doubled, moved, put in from another one. */
export function mutateBytes(bytes: Uint8Array, chance: Chance, other: Uint8Array = bytes): Uint8Array {
  let result = Buffer.from(bytes)
  for (let times = chance.few(); times > 0; times--) {
    const at = chance.below(result.length + 1)
    const length = chance.below(Math.min(64, result.length - at) + 1)
    switch (chance.below(9)) {
      case 0:
        if (at < result.length) result[at] = result[at]! ^ (1 << chance.below(8))
        break
      case 1:
        if (at < result.length) result[at] = chance.pick(EDGES)
        break
      case 2:
        if (at + 2 <= result.length) result.writeUInt16BE(chance.pick(WIDE_EDGES) & 0xffff, at)
        break
      case 3:
        if (at + 4 <= result.length) {
          if (chance.oneIn(2)) result.writeUInt32BE(chance.pick(WIDE_EDGES), at)
          else result.writeUInt32LE(chance.pick(WIDE_EDGES), at)
        }
        break
      case 4:
        result = result.subarray(0, at)
        break
      case 5:
        result = Buffer.concat([result.subarray(0, at), result.subarray(at + length)])
        break
      case 6:
        result = Buffer.concat([result.subarray(0, at + length), result.subarray(at)])
        break
      case 7: {
        const from = chance.below(other.length + 1)
        const piece = other.subarray(from, from + chance.below(64))
        result = Buffer.concat([result.subarray(0, at), piece, result.subarray(at)])
        break
      }
      default:
        for (let i = at; i < at + length; i++) result[i] = chance.below(256)
    }
  }
  return Uint8Array.from(result)
}

/** What readers of text meet with surprise. */
const STRANGE = [
  ...[
    '',
    ' ',
    '\u0000',
    '\t',
    '-1',
    '0',
    '128',
    '65536',
    '4294967296',
    '99999999999999999999',
    '1e309',
    'NaN',
  ],
  ...['__proto__', 'constructor', '%s%n', '*', ':', '=', '/', 'a=mid:0', 'm=video', '🎥', 'x'.repeat(3000)],
]

function strange(chance: Chance): string {
  if (chance.oneIn(2)) return chance.pick(STRANGE)
  return Array.from({ length: chance.below(40) }, () =>
    String.fromCharCode(chance.below(chance.oneIn(8) ? 0x10000 : 128)),
  ).join('')
}

/** Text of lines (SDP) spoilt a few times: lines left out, doubled, exchanged, their values and numbers replaced. */
export function mutateLines(text: string, chance: Chance): string {
  let lines = text.split('\r\n')
  for (let times = chance.few(); times > 0 && lines.length > 0; times--) {
    const at = chance.below(lines.length)
    const length = chance.below(60)
    const line = lines[at] ?? ''
    const odd = strange(chance)
    const edits: (() => string[])[] = [
      () => lines.toSpliced(at, 1),
      () => lines.toSpliced(at, length),
      () => lines.toSpliced(at, 0, line),
      () => lines.toSpliced(at + length, 0, line),
      () => lines.with(at, odd),
      () => lines.toSpliced(at, 0, odd),
      () => lines.with(at, line + odd),
      () =>
        lines.with(
          at,
          line.replace(/[ :/;=].*/, (end) => end[0] + odd),
        ),
      () => lines.with(at, line.replace(/[0-9]+/, odd)),
      () => lines.with(at, line.replace(/[0-9]+(?=\D*$)/, odd)),
      () => lines.with(at, line.slice(0, length)),
      () => lines.with(at, line.slice(0, length) + odd + line.slice(length)),
      () => {
        const other = (at + length) % lines.length
        return lines.with(at, lines[other] ?? '').with(other, line)
      },
      () => [...lines, ...lines.slice(lines.findIndex((one) => one.startsWith('m=')))],
    ]
    lines = chance.pick(edits)()
  }
  return lines.join(chance.pick(['\r\n', '\r\n', '\r\n', '\n', '\r']))
}

const ODD_VALUES: readonly unknown[] = [
  ...[
    null,
    true,
    false,
    0,
    -0,
    -1,
    0.5,
    1e21,
    -1e308,
    2 ** 53,
    65_537,
    '',
    'x',
    '\u0000',
    '🎥',
    'x'.repeat(70),
  ],
  ...[[], {}, [[]], { x: 1 }, '__proto__'],
]

/** A JSON value with fields replaced, left out, added and nested; as text, which may be spoilt as well. */
export function mutateJson(value: Readonly<Record<string, unknown>>, chance: Chance): string {
  const fields: Record<string, unknown> = structuredClone(value)
  for (let times = chance.few(); times > 0; times--) {
    const keys = Object.keys(fields)
    const key = chance.pick([...keys, 'more'])
    switch (chance.below(5)) {
      case 0:
        delete fields[key]
        break
      case 1:
        fields[key] = fields[chance.pick([...keys, key])]
        break
      case 2:
        fields[key] = (chance.next() - 0.5) * 10 ** chance.below(20)
        break
      default:
        fields[key] = chance.pick(ODD_VALUES)
    }
  }
  let text = JSON.stringify(fields)
  if (chance.oneIn(6)) text = '['.repeat(chance.below(900)) + text + ']'.repeat(chance.below(900))
  if (chance.oneIn(6))
    text = text.replace(/\d+/, () => chance.pick(['1e999', '-1e999', '00', '0x10', '1e-400']))
  if (chance.oneIn(4)) text = Buffer.from(mutateBytes(Buffer.from(text), chance)).toString('utf8')
  return text
}
