import { pause } from '../../support/wait.js'
import { Chance } from '../chance.js'
import { channelMessage } from '../messages.js'
import { Crew } from './crew.js'
import type { WireTarget } from './lab.js'

const SESSIONS = 10
/** Below the 500 messages and 128 KiB a second that a viewer may send before it loses its channel. */
const AT_ONCE = 25
const INTERVAL_MS = 100

export const channel: WireTarget = {
  name: 'channel',
  about: 'messages on data channels of a running server, whose track listens to everybody',
  count: 100_000,
  quick: 2_000,
  async attack(lab, seed, from) {
    const crew = new Crew(lab, { codec: 'h264', channel: true })
    let index = from
    const work = async () => {
      let viewer = await crew.open()
      while (lab.wantsMore) {
        const count = lab.room(AT_ONCE)
        const start = index
        index += count
        lab.done += count
        let messages = Array.from({ length: count }, (_, i) => channelMessage(new Chance(seed, start + i)))
        lab.keep(messages)
        for (;;) {
          const sent = await lab.attackers.call('say', { viewer, messages })
          lab.accepted += sent
          messages = messages.slice(sent)
          await pause(INTERVAL_MS)
          if (messages.length === 0) break
          viewer = await crew.replace(viewer)
        }
        await lab.check(start)
      }
    }
    await Promise.all(Array.from({ length: SESSIONS }, work))
  },
}
