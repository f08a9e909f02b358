// A viewer without a library: RTCPeerConnection, and a WebSocket for what has to be said before.
const FIRST_PAUSE = 500 // ms
const LONGEST_PAUSE = 8000

const pictures = document.getElementById('pictures')
const state = document.getElementById('state')
const videos = new Map()
let pause = FIRST_PAUSE

function connect() {
  const socket = new WebSocket(new URL('/signaling', location.href.replace(/^http/, 'ws')))
  const send = (message) => socket.readyState === WebSocket.OPEN && socket.send(JSON.stringify(message))
  /** By number; a picture has a connection of its own. */
  const peers = new Map()
  let over = false

  /** Socket and connections belong together: when one is lost all begin anew. The last pictures stay meanwhile. */
  const beginAnew = () => {
    if (over) return
    over = true
    socket.close()
    for (const peer of peers.values()) peer.close()
    say('lost', 'Connection lost, trying again')
    setTimeout(connect, pause)
    pause = Math.min(LONGEST_PAUSE, 2 * pause)
  }

  const watch = async (track) => {
    const peer = new RTCPeerConnection()
    const id = peers.size
    peers.set(id, peer)
    peer.addTransceiver('video', { direction: 'recvonly' })
    peer.ontrack = (event) => {
      videoOf(track).srcObject = new MediaStream([event.track])
    }
    peer.onconnectionstatechange = () => {
      if (peer.connectionState === 'failed' || peer.connectionState === 'closed') beginAnew()
      if (![...peers.values()].every((one) => one.connectionState === 'connected')) return
      pause = FIRST_PAUSE
      say('live', 'Live')
    }
    const offer = await peer.createOffer()
    await peer.setLocalDescription(offer)
    send({ type: 'offer', id, track, sdp: offer.sdp })
  }

  socket.onclose = beginAnew
  socket.onmessage = async ({ data }) => {
    if (over) return
    const message = JSON.parse(data)
    if (message.type === 'tracks') for (const track of message.tracks) watch(track)
    if (message.type === 'answer') await peers.get(message.id).setRemoteDescription(message)
    if (message.type === 'refused') say('lost', message.reason)
  }
}

function videoOf(track) {
  const known = videos.get(track)
  if (known) return known
  const video = Object.assign(document.createElement('video'), {
    autoplay: true,
    muted: true,
    playsInline: true,
  })
  const figure = document.createElement('figure')
  const caption = document.createElement('figcaption')
  caption.textContent = track
  figure.append(video, caption)
  pictures.append(figure)
  videos.set(track, video)
  return video
}

function say(what, text) {
  state.dataset.state = what
  state.textContent = text
}

connect()
