// The endpoint's own process: libdatachannel as the side that answers.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import datachannel from 'node-datachannel'
import { answerCalls } from '../child.js'
import { parseRtp } from '../depacketize.js'
import { ReceiveStream } from '../headless-receiver/receive-stream.js'
import { emptyReport, genericNack, pictureLossIndication } from '../headless-receiver/rtcp.js'
import type { Reply, SeenRequest, SeenSession, Taking, WhipApi } from './protocol.js'

const OWN_SSRC = 1
const REPORT_INTERVAL = 500
const CODECS = { h264: { type: 96, rtx: 97, name: 'H264' }, vp8: { type: 98, rtx: 99, name: 'VP8' } } as const

const RID = { id: 4, uri: 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id' } as const

type PeerConnection = InstanceType<typeof datachannel.PeerConnection>
type Track = ReturnType<PeerConnection['addTrack']>

interface Session {
  readonly pc: PeerConnection
  readonly track: Track
  readonly stream: ReceiveStream
  readonly reports: NodeJS.Timeout
  readonly rids: Record<string, number>
  state: string
  isEnded: boolean
}

const sessions: Session[] = []
const requests: SeenRequest[] = []
let replies: Reply[] = []
let taking: Taking = {}

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

async function take(offer: string): Promise<{ answer: string; index: number }> {
  const codec = taking.codec ?? 'h264'
  const { type, rtx, name } = CODECS[codec]
  const pc = new datachannel.PeerConnection('endpoint', {
    iceServers: [],
    bindAddress: '127.0.0.1',
    disableAutoNegotiation: true,
  })
  const video = new datachannel.Video('0', 'RecvOnly')
  const fmtp = /^a=fmtp:96 (.*)$/m.exec(offer)?.[1]?.trim() ?? ''
  video.addVideoCodec(type, name, codec === 'h264' ? fmtp : '')
  video.addRTXCodec(rtx, type, 90_000)
  const track = pc.addTrack(video)
  const stream = new ReceiveStream(codec, type, rtx, (ssrc, sequence) =>
    track.sendMessageBinary(Buffer.from(genericNack(OWN_SSRC, ssrc, [sequence]))),
  )
  const rids: Record<string, number> = {}
  const note = (packet: Buffer): void => {
    if (packet[1]! >= 192 && packet[1]! <= 223) return
    const rid = parseRtp(packet).extensions.get(RID.id)
    if (rid) rids[Buffer.from(rid).toString()] = (rids[Buffer.from(rid).toString()] ?? 0) + 1
  }
  track.onMessage(
    guarded((packet) => {
      stream.receive(packet)
      note(packet)
    }),
  )
  const session: Session = {
    rids,
    pc,
    track,
    stream,
    state: 'new',
    isEnded: false,
    reports: setInterval(() => {
      if (track.isOpen()) track.sendMessageBinary(Buffer.from(emptyReport(OWN_SSRC)))
    }, REPORT_INTERVAL),
  }
  pc.onStateChange(
    guarded((state) => {
      session.state = state
    }),
  )
  const gathered = new Promise<void>((resolve) =>
    pc.onGatheringStateChange(guarded((state) => state === 'complete' && resolve())),
  )
  pc.setRemoteDescription(offer, 'offer')
  pc.setLocalDescription('answer')
  await gathered
  const index = sessions.push(session) - 1
  return { answer: withRids(pc.localDescription()!.sdp), index }
}

function withRids(answer: string): string {
  const { rids = [] } = taking
  if (rids.length === 0) return answer
  return `${answer.trimEnd()}\r\n${[
    `a=extmap:${RID.id} ${RID.uri}`,
    ...rids.map((rid) => `a=rid:${rid} recv`),
    `a=simulcast:recv ${rids.join(';')}`,
  ].join('\r\n')}\r\n`
}

function end(session: Session): void {
  if (session.isEnded) return
  session.isEnded = true
  clearInterval(session.reports)
  session.pc.close()
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = ''
  for await (const part of request.setEncoding('utf8')) body += part
  const { method = '', url = '' } = request
  requests.push({
    method,
    path: url,
    headers: request.headers as Record<string, string | undefined>,
    body,
    at: performance.now(),
  })
  if (method === 'OPTIONS') {
    const { optionsLink: link } = taking
    response.writeHead(204, link === undefined ? {} : { link }).end()
    return
  }
  if (method === 'POST') {
    const reply = replies.shift()
    if (reply) {
      response.writeHead(reply.status, reply.headers).end(reply.body)
      return
    }
    const { answer, index } = await take(body)
    const path = `/whip/sessions/${index}`
    const { location = 'SESSION', etag = '"one"', link } = taking
    response
      .writeHead(201, {
        'content-type': 'application/sdp',
        location: location.replace('SESSION', path),
        etag,
        ...(link !== undefined && { link }),
      })
      .end(answer)
    return
  }
  const session = sessions[Number(/^\/whip\/sessions\/(\d+)$/.exec(url)?.[1])]
  if (!session) response.writeHead(404).end()
  else if (method === 'PATCH') response.writeHead(taking.patchStatus ?? 204).end()
  else if (method === 'DELETE') {
    response.writeHead(200).end()
    end(session)
  } else response.writeHead(405).end()
}

const server = createServer((request, response) => void answer(request, response))

answerCalls<WhipApi>({
  listen: ({ port }) =>
    new Promise((resolve, reject) => {
      server.on('error', reject)
      server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
    }),
  script: (wanted) => {
    replies = [...wanted]
  },
  takeWith: (wanted) => {
    taking = wanted
  },
  requests: () => requests,
  sessions: () =>
    sessions.map(({ state, isEnded, stream, rids }): SeenSession => {
      const { ssrc, packets, frames, keyframes, byes, senderReports, firstTimestamp, lastTimestamp } = stream
      return {
        state,
        isEnded,
        ssrc,
        packets,
        frames,
        keyframes,
        byes,
        rids,
        senderReports,
        firstTimestamp,
        lastTimestamp,
      }
    }),
  askForKeyframe: (index) => {
    const { track, stream } = sessions[index]!
    track.sendMessageBinary(Buffer.from(pictureLossIndication(OWN_SSRC, stream.ssrc)))
  },
  hangUp: () => sessions.forEach(end),
  fallSilent: () => {
    for (const { reports } of sessions) clearInterval(reports)
  },
})
