import { once } from 'node:events'
import { SocketClient } from '../../support/socket-client.js'
import { pause } from '../../support/wait.js'
import { Chance } from '../chance.js'
import { socketMessage } from '../socket-messages.js'
import type { Input } from '../target.js'
import { Intruder } from './intruder.js'
import type { Lab, WireTarget } from './lab.js'

const TALKERS = 10
const INTRUDERS = 8
/** Below the 650 messages a second that a viewer may send before it loses its word … */
const AT_ONCE = 25
const INTERVAL_MS = 100
/** … but one batch in so many comes at once, and much more of it than may come. */
const FLOOD = { oneIn: 60, copies: 80 }

/** Takes the next inputs: at most so many. */
export type Take = (most: number) => { readonly start: number; readonly count: number }

export const socket: WireTarget = {
  name: 'socket',
  about: 'messages and raw bytes on WebSockets of a running server, and upgrades that must not be',
  count: 100_000,
  quick: 1_000,
  watchesBySocket: true,
  async attack(lab, seed, from) {
    let index = from
    const take: Take = (most) => {
      const count = lab.room(most)
      const start = index
      index += count
      lab.done += count
      return { start, count }
    }
    const intruders = Array.from({ length: INTRUDERS }, () => new Intruder(lab, seed))
    await Promise.all([
      ...Array.from({ length: TALKERS }, () => talk(lab, seed, take)),
      ...intruders.map((intruder) => intruder.work(take)),
    ])
    await Promise.all(intruders.map((intruder) => intruder.leave()))
  },
}

/** A viewer whose handshake is good, and what it says is not; replaced when the server has had enough of it. */
async function talk(lab: Lab, seed: number, take: Take): Promise<void> {
  const endpoint = new URL(lab.whep)
  let client: SocketClient | undefined
  while (lab.wantsMore) {
    if (!client || client.ended) client = await SocketClient.open(endpoint, { codecs: ['h264'] })
    const { start, count } = take(AT_ONCE)
    const newest = client.frames.at(-1)?.number ?? 0
    const messages = Array.from({ length: count }, (_, i) =>
      socketMessage(new Chance(seed, start + i), newest),
    )
    client.frames.length = client.texts.length = 0
    lab.keep(messages)
    const chance = new Chance(seed, start)
    client.acknowledges = chance.oneIn(2)
    const copies = chance.oneIn(FLOOD.oneIn) ? FLOOD.copies : 1
    for (let copy = 0; copy < copies; copy++) for (const message of messages) say(client, message, chance)
    lab.accepted += count
    await pause(INTERVAL_MS)
    await lab.check(start)
  }
  if (!client || client.ended) return
  // As the one that is gone without a word, or as the one that says goodbye.
  client.webSocket.close()
  await Promise.race([once(client.webSocket, 'close'), pause(1_000)])
  client.webSocket.terminate()
}

/** As one message, or in parts, with control frames in between. */
function say({ webSocket }: SocketClient, message: Input, chance: Chance): void {
  const binary = typeof message !== 'string'
  if (webSocket.readyState !== webSocket.OPEN) return
  if (chance.oneIn(40)) webSocket.ping(Buffer.alloc(chance.below(126)))
  if (chance.oneIn(40)) webSocket.pong(Buffer.alloc(chance.below(126)))
  const bytes = Buffer.from(message)
  const partBytes = chance.oneIn(6) ? 40 : 8_192
  for (let at = 0, isLast = false; !isLast; ) {
    const part = bytes.subarray(at, at + (partBytes === 40 ? chance.below(partBytes) : partBytes))
    at += part.length
    isLast = at >= bytes.length
    webSocket.send(part, { binary, fin: isLast })
  }
}
