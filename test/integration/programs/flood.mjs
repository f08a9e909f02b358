// A viewer that means ill: opens a session with a data channel and floods it. Run by robustness/channel.test.ts
// in a process of its own. Ends when the server has ended the connection, saying so with code 3; with 0 when it has
// closed the channel, and video went on for a while after that.
import datachannel from 'node-datachannel'

const [url, mode] = process.argv.slice(2)
const pc = new datachannel.PeerConnection('flood', {
  iceServers: [],
  bindAddress: '127.0.0.1',
  disableAutoNegotiation: true,
})
const video = new datachannel.Video('0', 'RecvOnly')
video.addVideoCodec(96, 'VP8', '')
/** Packets of video since the channel was closed; before that, minus infinity. */
let packets = Number.NEGATIVE_INFINITY
let leaving = false
const track = pc.addTrack(video)
track.onMessage((packet) => {
  if ((packet[1] & 127) !== 96 || ++packets < 30 || leaving) return
  leaving = true
  pc.close()
  setTimeout(() => process.exit(0), 50)
})
const channel = pc.createDataChannel('pixelcast')
channel.onMessage(() => {})
channel.onClosed(() => {
  packets = 0
})
pc.onStateChange((state) => {
  if (leaving) return
  if (state === 'closed' || state === 'disconnected' || state === 'failed') process.exit(3)
})
// Without candidates: see test/support/headless-receiver.
const offer = await new Promise((resolve) => {
  pc.onLocalDescription((sdp) => resolve(sdp.replace(/^a=(candidate:.*|end-of-candidates)\r?\n/gm, '')))
  pc.setLocalDescription('offer')
})
const response = await fetch(url, {
  method: 'POST',
  headers: { 'content-type': 'application/sdp' },
  body: offer,
})
const answer = await response.text()
if (response.status !== 201) throw new Error(`${response.status} ${answer}`)
// Whatever the server allows.
pc.setRemoteDescription(answer.replace(/max-message-size:\d+/, 'max-message-size:262144'), 'answer')
await new Promise((resolve) => channel.onOpen(resolve))

const ping = JSON.stringify({ t: 'ping', id: 1, at: 1 })
if (mode === 'a few channels') {
  // Opened and closed, as often as is borne.
  const channels = Array.from({ length: 12 }, () => pc.createDataChannel('another'))
  const answered = new Promise((resolve) =>
    channel.onMessage((text) => String(text).includes('pong') && resolve()),
  )
  channel.sendMessage(ping)
  await answered
  for (const extra of channels) extra.close()
  pc.close()
  process.exit(0)
}

const flood = {
  pings: () => channel.sendMessage(ping),
  'large texts': () => channel.sendMessage('x'.repeat(262_000)),
  malformed: () => channel.sendMessage('{"t":"key","type":1e999,"key":["'),
  binary: () => channel.sendMessageBinary(Buffer.alloc(60_000)),
  channels: () => pc.createDataChannel('another'),
}[mode]
try {
  for (;;) {
    for (let i = 0; i < 100 && channel.bufferedAmount() < 4_000_000; i++) flood()
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
} catch {
  // The channel or the connection went down under it; that is seen above.
}
