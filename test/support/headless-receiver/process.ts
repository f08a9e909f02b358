// The receiver's own process: libdatachannel as the side that offers.
import datachannel from 'node-datachannel'
import { answerCalls } from '../child.js'
import type { OpenRequest, ReceiverApi, ViewerStats } from './protocol.js'
import { ReceiveStream } from './receive-stream.js'
import { emptyReport, genericNack, nackOfRun, pictureLossIndication } from './rtcp.js'

const MEDIA_TYPE = 96
const RTX_TYPE = 97
const OWN_SSRC = 1
const MOST_MESSAGES = 10_000
/** As receivers do, ms: who never reports is taken for gone after ten seconds. */
const REPORT_INTERVAL = 2_000

type PeerConnection = InstanceType<typeof datachannel.PeerConnection>
type Channel = ReturnType<PeerConnection['createDataChannel']>
type Track = ReturnType<PeerConnection['addTrack']>

interface Viewer {
  readonly pc: PeerConnection
  readonly track: Track
  readonly stream: ReceiveStream
  readonly session: URL
  readonly channel: Channel | undefined
  readonly messages: string[]
  readonly latencies: number[]
  state: string
  flood?: NodeJS.Timeout
  reports?: NodeJS.Timeout
}

const viewers: Viewer[] = []

/** An exception in one of node-datachannel's callbacks would end the process without a word. */
function guarded<A extends unknown[]>(body: (...args: A) => void): (...args: A) => void {
  return (...args) => {
    try {
      body(...args)
    } catch (error) {
      setImmediate(() => {
        throw error
      })
    }
  }
}

async function openOne({ url, codec, deadline = 20_000, ...request }: OpenRequest): Promise<number> {
  const pc = new datachannel.PeerConnection('receiver', {
    iceServers: [],
    bindAddress: '127.0.0.1',
    disableAutoNegotiation: true,
  })
  const video = new datachannel.Video('0', 'RecvOnly')
  video.addVideoCodec(
    MEDIA_TYPE,
    codec === 'h264' ? 'H264' : 'VP8',
    codec === 'h264' ? 'profile-level-id=42e01f;packetization-mode=1;level-asymmetry-allowed=1' : '',
  )
  video.addRTXCodec(RTX_TYPE, MEDIA_TYPE, 90_000)
  const track = pc.addTrack(video)
  const stream = new ReceiveStream(codec, MEDIA_TYPE, RTX_TYPE, (ssrc, sequence) =>
    track.sendMessageBinary(Buffer.from(genericNack(OWN_SSRC, ssrc, [sequence]))),
  )
  track.onMessage(guarded((packet) => stream.receive(packet)))

  const messages: string[] = []
  const channel = request.channel ? pc.createDataChannel('pixelcast') : undefined
  channel?.onMessage(
    guarded((message) => {
      messages.push(String(message))
      if (messages.length > MOST_MESSAGES) messages.splice(0, MOST_MESSAGES / 2)
    }),
  )
  const latencies: number[] = []
  let rtpOffset: number | undefined
  stream.onFrame = (timestamp) => {
    const [seconds, nanoseconds] = process.hrtime()
    const now = seconds * 90_000 + (nanoseconds * 9) / 1e5
    rtpOffset ??= channel ? rtpOffsetIn(messages) : timestamp - now
    if (rtpOffset === undefined) return
    // Modulo 2^32, with sign.
    latencies.push((Math.round(now - timestamp + rtpOffset) << 0) / 90)
    if (latencies.length > MOST_MESSAGES) latencies.splice(0, MOST_MESSAGES / 2)
  }
  const channelOpen = new Promise<void>((resolve) => channel?.onOpen(guarded(resolve)))

  const connected = new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`not connected within ${deadline} ms`)), deadline)
    pc.onStateChange(
      guarded((state) => {
        if (viewer) viewer.state = state
        if (state === 'connected') resolve()
        else if (state === 'failed' || state === 'closed') reject(new Error(`connection ${state}`))
        else return
        clearTimeout(timer)
      }),
    )
  })
  connected.catch(() => {}) // Also when the POST fails first.

  let viewer: Viewer | undefined
  const offer = await localOffer(pc)
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/sdp',
      ...(request.token && { authorization: `Bearer ${request.token}` }),
    },
    body: offer,
  })
  const answer = await response.text()
  if (response.status !== 201) {
    pc.close()
    throw new Error(`WHEP POST: ${response.status} ${answer}`)
  }
  const session = new URL(response.headers.get('location') ?? '', url)
  viewer = { pc, track, stream, session, channel, messages, latencies, state: 'new' }
  viewers.push(viewer)
  const index = viewers.length - 1
  pc.setRemoteDescription(answer, 'answer')
  await connected
  if (channel) await channelOpen
  viewer.reports = setInterval(() => {
    if (track.isOpen()) track.sendMessageBinary(Buffer.from(emptyReport(OWN_SSRC)))
  }, REPORT_INTERVAL)
  return index
}

/**
 * The offer, without candidates: with them the other side's DTLS ClientHello could arrive before its
 * answer has been applied here, and the handshake would fail.
 */
function localOffer(pc: PeerConnection): Promise<string> {
  return new Promise((resolve) => {
    pc.onLocalDescription(
      guarded((sdp) => resolve(sdp.replace(/^a=(candidate:.*|end-of-candidates)\r?\n/gm, ''))),
    )
    pc.setLocalDescription('offer')
  })
}

/** What the server's first message says: RTP time is the time of the push plus this. */
function rtpOffsetIn(messages: readonly string[]): number | undefined {
  const hello = messages.find((text) => text.includes('"hello"'))
  return hello === undefined ? undefined : (JSON.parse(hello) as { rtpOffset: number }).rtpOffset
}

async function open(request: OpenRequest): Promise<number[]> {
  const indices: number[] = []
  let left = request.count
  const worker = async () => {
    while (left-- > 0) indices.push(await openOne(request))
  }
  await Promise.all(Array.from({ length: request.atOnce ?? 4 }, worker))
  return indices.sort((a, b) => a - b)
}

function stats(): ViewerStats[] {
  return viewers.map(({ stream, state, channel }, viewer) => ({
    viewer,
    state,
    channel: channel?.isOpen() ?? false,
    ssrc: stream.ssrc,
    packets: stream.packets,
    missing: stream.missing,
    duplicates: stream.duplicates,
    retransmitted: stream.retransmitted,
    bytes: stream.bytes,
    frames: stream.frames,
    keyframes: stream.keyframes,
    senderReports: stream.senderReports,
    byes: stream.byes,
    timestampsNotRising: stream.timestampsNotRising,
    firstTimestamp: stream.firstTimestamp,
    lastTimestamp: stream.lastTimestamp,
  }))
}

const FLOOD_STEP = 10
const FLOOD_PACKETS = 1_000

function flood({ viewer: index, perSecond }: { viewer: number; perSecond: number }): void {
  const viewer = viewers[index]!
  clearInterval(viewer.flood)
  if (perSecond === 0) return
  let due = 0
  viewer.flood = setInterval(() => {
    const { ssrc, newestSequence } = viewer.stream
    for (due += (perSecond * FLOOD_STEP) / 1000; due >= 1; due--) {
      if (!viewer.track.isOpen()) return // the server had enough of it
      viewer.track.sendMessageBinary(Buffer.from(pictureLossIndication(OWN_SSRC, ssrc)))
      viewer.track.sendMessageBinary(Buffer.from(nackOfRun(OWN_SSRC, ssrc, newestSequence, FLOOD_PACKETS)))
    }
  }, FLOOD_STEP)
}

function say({ viewer, messages }: { viewer: number; messages: readonly (string | Uint8Array)[] }): number {
  const { channel } = viewers[viewer]!
  let sent = 0
  for (const message of messages) {
    try {
      if (!channel?.isOpen()) break
      if (typeof message === 'string') channel.sendMessage(message)
      else channel.sendMessageBinary(Buffer.from(message))
      sent++
    } catch {
      break // closed under it
    }
  }
  return sent
}

const POINT_STEP = 5
const pointing: { timer?: NodeJS.Timeout; sent: number } = { sent: 0 }

function point({ perSecond }: { perSecond: number }): number {
  clearInterval(pointing.timer)
  const { sent } = pointing
  pointing.sent = 0
  if (perSecond === 0) return sent
  // Each viewer in its own phase, as people are.
  const due = viewers.map((_, i) => -i / viewers.length)
  let last = performance.now()
  let step = 0
  pointing.timer = setInterval(() => {
    const now = performance.now()
    for (const [i, { channel }] of viewers.entries()) {
      for (due[i]! += ((now - last) * perSecond) / 1000; due[i]! >= 1; due[i]!--) {
        if (!channel?.isOpen()) continue
        const phase = step++ % 50
        const type = phase === 0 ? 'down' : phase === 1 ? 'up' : 'move'
        const text = JSON.stringify({
          t: 'pointer',
          type,
          kind: 'mouse',
          id: 1,
          x: (step * 7) % 640,
          y: 100.25,
          button: type === 'move' ? -1 : 0,
          buttons: type === 'down' ? 1 : 0,
          mods: 0,
        })
        pointing.sent += say({ viewer: i, messages: [text] })
      }
    }
    last = now
  }, POINT_STEP)
  return sent
}

answerCalls<ReceiverApi>({
  open,
  stats,
  sendRtcp: ({ viewer, packet }) => viewers[viewer]!.track.sendMessageBinary(Buffer.from(packet)),
  sendAll({ viewer, packets }) {
    const { track } = viewers[viewer]!
    let sent = 0
    for (const packet of packets) {
      try {
        if (!track.isOpen()) break
        track.sendMessageBinary(Buffer.from(packet))
        sent++
      } catch {
        break // closed under it
      }
    }
    return sent
  },
  loseAndAsk: ({ viewer, oneIn }) => viewers[viewer]!.stream.loseOneIn(oneIn),
  flood,
  messages: () => viewers.map(({ messages }) => messages),
  latencies: ({ viewer }) => viewers[viewer]!.latencies.splice(0),
  say,
  point,
  reset: () => {
    for (const { stream } of viewers) stream.reset()
  },
  close: async ({ viewers: which, how }) => {
    const chosen = which ? which.map((i) => viewers[i]!) : viewers
    for (const { flood, reports } of chosen) for (const timer of [flood, reports]) clearInterval(timer)
    if (how !== 'close')
      for (const { session } of chosen) await (await fetch(session, { method: 'DELETE' })).arrayBuffer()
    if (how !== 'delete') for (const { pc } of chosen) pc.close()
  },
})
