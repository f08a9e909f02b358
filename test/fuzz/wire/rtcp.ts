import { until } from '../../support/wait.js'
import { Chance } from '../chance.js'
import { addressed, rtcpPacket } from '../rtcp-samples.js'
import { Crew } from './crew.js'
import type { WireTarget } from './lab.js'

const SESSIONS = 4
/** Fewer than what the kernel keeps for a socket that is not read for a moment. */
const AT_ONCE = 50

export const rtcp: WireTarget = {
  name: 'rtcp',
  about: 'RTCP over SRTCP to a running server',
  count: 1_000_000,
  quick: 5_000,
  async attack(lab, seed, from) {
    const crew = new Crew(lab, { codec: 'h264' })
    let index = from
    const ssrcOf = (viewer: number) =>
      until('media', async () => (await lab.attackers.call('stats'))[viewer]!.ssrc || undefined)
    const work = async () => {
      let viewer = await crew.open()
      let ssrc = await ssrcOf(viewer)
      while (lab.wantsMore) {
        const count = lab.room(AT_ONCE)
        const start = index
        index += count
        lab.done += count
        let packets = Array.from({ length: count }, (_, i) =>
          addressed(rtcpPacket(new Chance(seed, start + i)), ssrc),
        )
        lab.keep(packets)
        for (;;) {
          const sent = await lab.attackers.call('sendAll', { viewer, packets })
          lab.accepted += sent
          packets = packets.slice(sent)
          if (packets.length === 0) break
          // A goodbye among them.
          viewer = await crew.replace(viewer)
          ssrc = await ssrcOf(viewer)
        }
        await lab.check(start)
      }
    }
    await Promise.all(Array.from({ length: SESSIONS }, work))
  },
}
