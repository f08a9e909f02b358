import type { Chance } from './chance.js'
import { channelMessage } from './messages.js'
import { mutateBytes, mutateJson } from './mutate.js'

/** Numbers of frames that nobody has, some of which JSON cannot even say. */
const ODD_NUMBERS = [
  ...['-1', '-0', '0.5', '1e0', '00', '0x10', 'NaN', 'Infinity', '1e999', '-1e999', '1e-400', 'null', 'true'],
  ...['"7"', '[]', '[0]', '{}', '4294967295', '4294967296', '9007199254740991', '9007199254740992', '1e21'],
]
/** How far an acknowledgement may be off. */
const PAST = 400
const FUTURE = 40

/**
 * A message of a viewer over a WebSocket: acknowledgements that are true or lie, wishes for a keyframe, and all that goes
 * over a data channel; text or bytes.
 *
 * @param newest number of the frame that came last
 */
export function socketMessage(chance: Chance, newest: number): string | Uint8Array {
  if (chance.oneIn(3)) return channelMessage(chance)
  const text = chance.oneIn(6) ? '{"t":"keyframe"}' : `{"t":"got","frame":${frameNumber(chance, newest)}}`
  if (chance.oneIn(12)) return mutateBytes(Buffer.from(text), chance)
  if (chance.oneIn(12)) return mutateJson({ t: 'got', frame: newest }, chance).slice(0, 1_300)
  return text
}

function frameNumber(chance: Chance, newest: number): string {
  switch (chance.below(5)) {
    case 0:
      return String(newest - chance.below(PAST))
    case 1:
      return String(newest + 1 + chance.below(FUTURE))
    case 2:
      return chance.pick(ODD_NUMBERS)
    default:
      return String(newest)
  }
}
