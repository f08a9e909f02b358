import type { Chance } from './chance.js'
import { mutateBytes } from './mutate.js'
import { socketMessage } from './socket-messages.js'

const [MASKED, FINAL] = [0x80, 0x80]
/** Lengths that a frame claims to have. */
const CLAIMED = [
  0,
  1,
  125,
  126,
  127,
  65_535,
  65_536,
  65_537,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  2 ** 63,
  2 ** 64 - 2 ** 12,
]
/** Of RFC 6455 §5.2: continuation, text, bytes, close, ping, pong, and one that is nothing. */
const OPCODES = [0, 1, 2, 8, 9, 10, 3]

/** What somebody writes once a connection is a WebSocket: frames (RFC 6455 §5.2), good ones and all kinds of bad ones. */
export function socketBytes(chance: Chance): Uint8Array {
  const frames = Array.from({ length: chance.few() }, () => frame(chance))
  const bytes = Buffer.concat(frames)
  return chance.oneIn(3) ? mutateBytes(bytes, chance) : bytes
}

function frame(chance: Chance): Uint8Array {
  const isGood = chance.oneIn(3)
  const opcode = isGood ? chance.pick([1, 2, 9]) : chance.oneIn(8) ? chance.below(16) : chance.pick(OPCODES)
  const reserved = isGood || !chance.oneIn(8) ? 0 : chance.below(8) << 4
  const final = isGood || !chance.oneIn(4) ? FINAL : 0
  const message = Buffer.from(socketMessage(chance, chance.below(100)))
  const payload =
    opcode === 8 && chance.oneIn(2) ? closePayload(chance) : message.subarray(0, isGood ? 125 : 5_000)
  const isMasked = isGood || !chance.oneIn(8)
  const mask = Buffer.from(Array.from({ length: 4 }, () => chance.below(256)))
  return Buffer.concat([
    Buffer.from([final | reserved | opcode]),
    lengthBytes(isGood || !chance.oneIn(6) ? payload.length : chance.pick(CLAIMED), isMasked, chance),
    isMasked ? mask : Buffer.alloc(0),
    isMasked ? payload.map((byte, i) => byte ^ mask[i % 4]!) : payload,
  ])
}

function closePayload(chance: Chance): Buffer {
  const payload = Buffer.alloc(chance.below(4))
  if (payload.length >= 2) payload.writeUInt16BE(chance.pick([0, 999, 1000, 1005, 1006, 1015, 5000, 65_535]))
  return payload
}

/** In the shortest form mostly, or in one that is longer than it has to be. */
function lengthBytes(length: number, isMasked: boolean, chance: Chance): Buffer {
  const mask = isMasked ? MASKED : 0
  const form = chance.oneIn(12) ? chance.below(3) : length < 126 ? 0 : length <= 0xffff ? 1 : 2
  if (form === 0) return Buffer.from([mask | Math.min(length, 125)])
  const bytes = Buffer.alloc(form === 1 ? 3 : 9)
  bytes[0] = mask | (form === 1 ? 126 : 127)
  if (form === 1) bytes.writeUInt16BE(length % 65_536, 1)
  else bytes.writeBigUInt64BE(BigInt(length), 1)
  return bytes
}
