// The network in a process of its own: what the benchmark, the page and the systems do with their
// threads must not become jitter.
import { setPriority } from 'node:os'
import { monotonicNow } from '../../src/common/clock.js'
import type { RelayOptions } from '../../test/network/relay.js'
import { RelayServer } from '../../test/network/relay-server.js'
import { answerCalls } from '../../test/support/child.js'

const SAMPLE_INTERVAL_MS = 50
/** A network does not wait for a processor; needs to be root. */
const PRIORITY = -10

export type Conditions = Pick<RelayOptions, 'down' | 'up'>

/** Totals of what came out at the browser's end until a time, ms on the monotonic clock. */
export interface Delivered {
  readonly at: number
  readonly bytes: number
  readonly packets: number
  /** Lost on the way, or for want of room in the queue. */
  readonly missing: number
}

export interface RelayApi {
  /** Stands between browsers and the server at `target`; gives the URL to use instead. */
  open(request: { target: string; conditions: Conditions }): Promise<string>
  /** Gives the time at which it was done. */
  change(request: { url: string; conditions: Conditions }): number
  /** Where browsers send to, one port for each session. */
  ports(url: string): number[]
  /** Since it was opened, every 50 ms. */
  delivered(url: string): Delivered[]
  close(url: string): Promise<void>
}

interface Network {
  readonly server: RelayServer
  readonly samples: Delivered[]
}

const networks = new Map<string, Network>()

try {
  setPriority(PRIORITY)
} catch {
  // It is as good as its share of the processor then.
}

setInterval(() => {
  for (const { server, samples } of networks.values()) samples.push(sample(server))
}, SAMPLE_INTERVAL_MS)

function sample({ relays }: RelayServer): Delivered {
  const sum = { bytes: 0, packets: 0, missing: 0 }
  for (const { stats } of relays) {
    sum.bytes += stats.bytes
    sum.packets += stats.packets
    sum.missing += stats.lost + stats.dropped
  }
  return { at: monotonicNow(), ...sum }
}

function find(url: string): Network {
  const network = networks.get(url)
  if (!network) throw new Error(`there is no relay at ${url}`)
  return network
}

answerCalls<RelayApi>({
  async open({ target, conditions }) {
    const server = await RelayServer.start(target, conditions)
    networks.set(server.url, { server, samples: [] })
    return server.url
  },

  change({ url, conditions }) {
    find(url).server.change(conditions)
    return monotonicNow()
  },

  ports: (url) => find(url).server.relays.map(({ port }) => port),

  delivered(url) {
    const { server, samples } = find(url)
    return [...samples, sample(server)]
  },

  async close(url) {
    await find(url).server.close()
    networks.delete(url)
  },
})
