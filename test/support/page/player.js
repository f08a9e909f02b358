// Browser code of the harness's own player: one RTCPeerConnection and one <video> per id, with a
// recorder that reads the number burned into every presented frame. The WHEP requests are made from
// Node, so the page may live on another origin than the server under test.
const MAX_CELLS = 40
const MIN_CELL_WIDTH = 8
const CODE_HEIGHT = 16
const CHECK_BITS = 8

const players = new Map()

function codeCheck(value) {
  return ((value ^ (value >>> 8) ^ (value >>> 16) ^ (value >>> 24)) & 0xff) ^ 0xa5
}

/**
 * The burned number of the frame that `video` shows, or null. Twin of `readCode` in images.ts. Undefined
 * when nothing was drawn: Chromium's first callback may come before there is a frame to draw (1 in 10).
 */
function readCode(player) {
  const width = player.video.videoWidth
  const height = player.video.videoHeight
  const cells = Math.min(MAX_CELLS, Math.floor(width / MIN_CELL_WIDTH))
  if (cells === 0) return null
  const rows = Math.min(CODE_HEIGHT, height)
  const { canvas, context } = player.strip
  if (canvas.width !== width || canvas.height !== rows) {
    canvas.width = width
    canvas.height = rows
  }
  context.clearRect(0, 0, width, rows)
  context.drawImage(player.video, 0, 0, width, rows, 0, 0, width, rows)
  // In a picture sent at a quarter of its size the code is 4 rows high.
  const row = context.getImageData(0, Math.min(2, rows >> 1), width, 1).data
  if (row[3] === 0) return undefined
  const cellWidth = Math.floor(width / cells)
  let value = 0
  let check = 0
  const numberCells = cells === MAX_CELLS ? cells - CHECK_BITS : cells
  for (let i = 0; i < cells; i++) {
    const bit = row[(i * cellWidth + (cellWidth >> 1)) * 4 + 1] >= 128 ? 1 : 0
    if (i < numberCells) value = value * 2 + bit
    else check = check * 2 + bit
  }
  if (cells === MAX_CELLS && check !== codeCheck(value)) return null
  return value
}

/** A WHEP client without trickle: the offer is sent with all its candidates. */
function gathered(pc) {
  return new Promise((resolve) => {
    const look = () => pc.iceGatheringState === 'complete' && resolve()
    pc.addEventListener('icegatheringstatechange', look)
    look()
  })
}

function newCanvas() {
  const canvas = document.createElement('canvas')
  return { canvas, context: canvas.getContext('2d', { willReadFrequently: true }) }
}

function find(id) {
  const found = players.get(id)
  if (!found) throw new Error(`no player ${id}`)
  return found
}

function record(p) {
  const onFrame = (now, metadata) => {
    if (p.closed) return
    p.video.requestVideoFrameCallback(onFrame)
    const value = readCode(p)
    if (value === undefined) return
    p.frames.push({
      value,
      at: performance.timeOrigin + now,
      width: metadata.width,
      height: metadata.height,
    })
  }
  p.video.requestVideoFrameCallback(onFrame)
}

/** A player with its element; `pc` is what its media come by. */
function open(id, pc) {
  const video = document.createElement('video')
  video.muted = true
  video.autoplay = true
  video.playsInline = true
  document.body.append(video)
  const p = { id, pc, video, frames: [], strip: newCanvas(), messages: [], negotiations: 0, closed: false }
  players.set(id, p)
  record(p)
  return p
}

globalThis.player = {
  /** For media that come another way than by WHEP; `connection` has what is used of a peer connection. Gives the element. */
  adopt({ id, connection }) {
    return open(id, connection).video
  },

  /** Makes the peer connection and answers an offer. Gives the answer's SDP. */
  async accept({ id, sdp }) {
    const pc = new RTCPeerConnection()
    const { video } = open(id, pc)
    pc.ontrack = (event) => {
      video.srcObject = new MediaStream([event.track])
      video.play().catch(() => {})
    }
    await pc.setRemoteDescription({ type: 'offer', sdp })
    await pc.setLocalDescription(await pc.createAnswer())
    await gathered(pc)
    return pc.localDescription.sdp
  },

  /** Makes the peer connection and gives the offer's SDP. `codec`: 'h264' | 'vp8' | undefined for the browser's own order. */
  async offer({ id, codec, channel, configuration }) {
    const pc = new RTCPeerConnection(configuration)
    const p = open(id, pc)
    const { video } = p
    const transceiver = pc.addTransceiver('video', { direction: 'recvonly' })
    if (codec) {
      const all = RTCRtpReceiver.getCapabilities('video').codecs
      const wanted = all.filter((c) => c.mimeType.toLowerCase() === `video/${codec}`)
      if (wanted.length === 0) throw new Error(`this browser has no ${codec}`)
      transceiver.setCodecPreferences([...wanted, ...all.filter((c) => c.mimeType === 'video/rtx')])
    }
    if (channel) {
      p.channel = pc.createDataChannel(channel)
      p.channel.onmessage = (event) => p.messages.push(event.data)
    }
    pc.ontrack = (event) => {
      video.srcObject = new MediaStream([event.track])
      video.play().catch(() => {})
    }
    pc.onnegotiationneeded = () => p.negotiations++
    await pc.setLocalDescription(await pc.createOffer())
    await gathered(pc)
    return pc.localDescription.sdp
  },

  async answer({ id, sdp }) {
    await find(id).pc.setRemoteDescription({ type: 'answer', sdp })
  },

  state(id) {
    const { pc, video, frames } = find(id)
    return {
      connection: pc.connectionState,
      ice: pc.iceConnectionState,
      width: video.videoWidth,
      height: video.videoHeight,
      frames: frames.length,
      last: frames.at(-1) ?? null,
    }
  },

  frames({ id, from }) {
    return find(id).frames.slice(from)
  },

  messages(id) {
    return find(id).messages
  },

  send({ id, text }) {
    find(id).channel.send(text)
  },

  /** RGBA of a part of the frame shown now, base64; the whole frame without a rectangle. */
  pixels({ id, area }) {
    const { video } = find(id)
    const x = area?.x ?? 0
    const y = area?.y ?? 0
    const width = area?.width ?? video.videoWidth
    const height = area?.height ?? video.videoHeight
    if (width === 0 || height === 0) throw new Error('no frame is shown yet')
    const { canvas, context } = newCanvas()
    canvas.width = width
    canvas.height = height
    context.drawImage(video, x, y, width, height, 0, 0, width, height)
    const { data } = context.getImageData(0, 0, width, height)
    let text = ''
    for (let i = 0; i < data.length; i += 8192) text += String.fromCharCode(...data.subarray(i, i + 8192))
    return { width, height, data: btoa(text) }
  },

  /**
   * Waits until `predicate` (source text of a function) is true of the frame shown. It gets
   * `{ value, width, height, frames, pixel(x, y) }`. Looked at every 20 ms, because a still that has
   * gone idle presents no new frame.
   */
  async waitFor({ id, predicate, what, deadline }) {
    const p = find(id)
    const test = new Function(`return (${predicate})`)()
    const probe = newCanvas()
    const look = () => ({
      value: readCode(p),
      width: p.video.videoWidth,
      height: p.video.videoHeight,
      frames: p.frames.length,
      pixel(x, y) {
        probe.canvas.width = 1
        probe.canvas.height = 1
        probe.context.drawImage(p.video, x, y, 1, 1, 0, 0, 1, 1)
        return [...probe.context.getImageData(0, 0, 1, 1).data.slice(0, 3)]
      },
    })
    const end = performance.now() + deadline
    for (;;) {
      if (p.video.videoWidth > 0 && p.frames.length > 0 && test(look())) return
      if (performance.now() > end) {
        const state = JSON.stringify(globalThis.player.state(id))
        throw new Error(`waited ${deadline} ms in vain for: ${what}; the player: ${state}`)
      }
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  },

  async stats(id) {
    const { pc } = find(id)
    const reports = [...(await pc.getStats()).values()]
    const inbound = reports.find((r) => r.type === 'inbound-rtp' && r.kind === 'video') ?? {}
    const codec = reports.find((r) => r.id === inbound.codecId)
    return {
      codec: codec?.mimeType?.toLowerCase().replace('video/', '') ?? null,
      packets: inbound.packetsReceived ?? 0,
      lost: inbound.packetsLost ?? 0,
      bytes: inbound.bytesReceived ?? 0,
      framesReceived: inbound.framesReceived ?? 0,
      framesDecoded: inbound.framesDecoded ?? 0,
      framesDropped: inbound.framesDropped ?? 0,
      keyframesDecoded: inbound.keyFramesDecoded ?? null,
      nack: inbound.nackCount ?? 0,
      pli: inbound.pliCount ?? 0,
    }
  },

  negotiations(id) {
    return find(id).negotiations
  },

  close(id) {
    const p = find(id)
    p.closed = true
    p.pc.close()
    p.video.srcObject = null
    p.video.remove()
    players.delete(id)
  },
}
