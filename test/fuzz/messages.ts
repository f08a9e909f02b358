import type { Chance } from './chance.js'
import { mutateBytes, mutateJson } from './mutate.js'

const SAMPLES: readonly Readonly<Record<string, unknown>>[] = [
  { t: 'ping', id: 1, at: 123.5 },
  { t: 'key', type: 'down', key: 'a', code: 'KeyA', repeat: false, mods: 0 },
  { t: 'key', type: 'up', key: 'ArrowLeft', code: 'ArrowLeft', repeat: false, mods: 9 },
  { t: 'pointer', type: 'move', kind: 'mouse', id: 1, x: 12.5, y: 40, button: -1, buttons: 0, mods: 0 },
  { t: 'pointer', type: 'down', kind: 'touch', id: 7, x: 0, y: 0, button: 0, buttons: 1, mods: 0 },
  { t: 'wheel', x: 3, y: 4, dx: 0, dy: -120, buttons: 0, mods: 2 },
  { t: 'control', name: 'gain', value: 5 },
  { t: 'selected', id: 1, rect: { x: 1, y: 2, width: 30, height: 40 } },
  { t: 'selected', id: 1 },
]

/** A message for the data channel: text mostly, some of it valid, some binary. */
export function channelMessage(chance: Chance): string | Uint8Array {
  const sample = chance.pick(SAMPLES)
  if (chance.oneIn(20)) return JSON.stringify(sample)
  // Too long is the end of the channel: rare, so that the others have their turn.
  if (chance.oneIn(5_000)) return 'x'.repeat(4_000 + chance.below(300))
  if (chance.oneIn(12)) return mutateBytes(Buffer.from(JSON.stringify(sample)), chance).subarray(0, 4_000)
  return mutateJson(sample, chance).slice(0, 1_300)
}
