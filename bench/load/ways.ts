import { ensureLiveKitViewers } from '../../scripts/engines.mjs'
import { LiveKit } from '../../test/support/engines/livekit.js'
import { MediaMtx } from '../../test/support/engines/mediamtx.js'
import type { PeerAddress } from '../contract.js'
import type { Scene } from '../support/system-process.js'
import { LiveKitViewers, type Viewers, WhepViewers } from './viewers.js'

/** How the stream reaches its viewers: from pixelcast itself, or through an engine that it is published to. */
export interface Way {
  readonly name: string
  /** Of the engine's process, on the way through one. */
  readonly pid?: number
  readonly whip?: NonNullable<Scene['whip']>
  watch(count: number, pixelcast: PeerAddress): Promise<Viewers>
  close(): Promise<void>
}

export const ENGINE_NAMES = ['livekit', 'mediamtx'] as const
export type EngineName = (typeof ENGINE_NAMES)[number]

const ROOM = 'room'
const NOT_BUILT = 'is not built: `node scripts/engines.mjs`, which needs Go'

export const DIRECT: Way = {
  name: 'direct',
  // With a data channel, because those report that they live: who is silent is given up after 10 s.
  watch: (count, { offer }) => WhepViewers.open({ url: offer, count, channel: true }),
  close: async () => {},
}

/** Starts an engine, on 127.0.0.1. */
export async function startWay(name: EngineName): Promise<Way> {
  return name === 'livekit' ? startLiveKit() : startMediaMtx()
}

async function startLiveKit(): Promise<Way> {
  if (!LiveKit.path) throw new Error(`LiveKit ${NOT_BUILT}`)
  const program = ensureLiveKitViewers()
  if (!program) throw new Error('the program that watches through LiveKit could not be built')
  const liveKit = await LiveKit.start()
  return {
    name: 'LiveKit',
    pid: liveKit.pid!,
    whip: { url: liveKit.whipUrl, token: liveKit.token(ROOM, 'publisher') },
    watch: (count) => {
      const tokens = Array.from({ length: count }, (_, i) => liveKit.token(ROOM, `viewer-${i}`))
      return LiveKitViewers.join(program, liveKit.url, tokens)
    },
    close: () => liveKit.kill(),
  }
}

async function startMediaMtx(): Promise<Way> {
  if (!MediaMtx.path) throw new Error(`MediaMTX ${NOT_BUILT}`)
  const mediaMtx = await MediaMtx.start()
  return {
    name: 'MediaMTX',
    pid: mediaMtx.pid!,
    whip: { url: mediaMtx.whipUrl, token: MediaMtx.token },
    watch: (count) => WhepViewers.open({ url: mediaMtx.whepUrl, count }),
    close: () => mediaMtx.close(),
  }
}
