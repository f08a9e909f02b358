// @roamhq/wrtc as its documentation has it: an RTCVideoSource, rgbaToI420, onFrame; a peer connection and
// a track of the one source for each viewer.
import { createRequire } from 'node:module'
import { announce, listen, Producer, readFlags } from './node-peer.js'

interface I420 {
  readonly width: number
  readonly height: number
  readonly data: Uint8ClampedArray
}
interface Wrtc {
  readonly RTCPeerConnection: new () => {
    iceGatheringState: string
    connectionState: string
    readonly localDescription: { readonly sdp: string } | null
    onicegatheringstatechange: (() => void) | null
    onconnectionstatechange: (() => void) | null
    addTrack(track: unknown): unknown
    setRemoteDescription(description: { type: 'offer'; sdp: string }): Promise<void>
    createAnswer(): Promise<{ type: 'answer'; sdp: string }>
    setLocalDescription(description: { type: 'answer'; sdp: string }): Promise<void>
    close(): void
  }
  readonly nonstandard: {
    readonly RTCVideoSource: new () => { createTrack(): { stop(): void }; onFrame(frame: I420): void }
    rgbaToI420(rgba: { width: number; height: number; data: Uint8ClampedArray }, i420: I420): void
  }
}

const flags = readFlags()
const { width, height } = flags
const { RTCPeerConnection, nonstandard } = createRequire(`${flags.packages}/`)('@roamhq/wrtc') as Wrtc
const source = new nonstandard.RTCVideoSource()
const i420: I420 = { width, height, data: new Uint8ClampedArray((width * height * 3) / 2) }

const producer = new Producer(flags, ({ data }) => {
  const rgba = new Uint8ClampedArray(data.buffer)
  nonstandard.rgbaToI420({ width, height, data: rgba }, i420)
  source.onFrame(i420)
  return true
})

const control = await listen(producer, async (offer) => {
  const pc = new RTCPeerConnection()
  const track = source.createTrack()
  pc.onconnectionstatechange = () => {
    if (pc.connectionState !== 'failed' && pc.connectionState !== 'closed') return
    track.stop()
    pc.close()
  }
  await pc.setRemoteDescription({ type: 'offer', sdp: offer })
  pc.addTrack(track)
  await pc.setLocalDescription(await pc.createAnswer())
  await new Promise<void>((resolve) => {
    const look = () => pc.iceGatheringState === 'complete' && resolve()
    pc.onicegatheringstatechange = look
    look()
  })
  // It listens on every interface and cannot be told not to; the viewer is only told about loopback.
  return (pc.localDescription?.sdp ?? '')
    .split('\r\n')
    .filter((line) => !line.startsWith('a=candidate:') || / udp \d+ 127\.0\.0\.1 /.test(line))
    .join('\r\n')
})
producer.start()
announce({ offer: `${control}/offer`, control })
