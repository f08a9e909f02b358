// Browser code of the benchmark's page, the same for every system: one peer connection and one <video> at
// a time, as a plain viewer page has them, and a recorder of what is painted and when.
const CELLS = 40
const CODE_HEIGHT = 16
/** The code is 16 rows high, and 4 where a system sends a quarter of the size: this one is inside of both. */
const CODE_ROW = 2

const strip = document.createElement('canvas')
const pen = strip.getContext('2d', { willReadFrequently: true })
let current

/** The burned 32-bit number; null when the check says no, undefined while there is nothing to draw. */
function readStamp(video) {
  const width = video.videoWidth
  const cellWidth = width / CELLS // a fraction in a picture made smaller; sources are multiples of 40 wide
  if (strip.width !== width || strip.height !== CODE_HEIGHT) {
    strip.width = width
    strip.height = CODE_HEIGHT
  }
  pen.clearRect(0, 0, width, CODE_HEIGHT)
  pen.drawImage(video, 0, 0, width, CODE_HEIGHT, 0, 0, width, CODE_HEIGHT)
  const row = pen.getImageData(0, CODE_ROW, width, 1).data
  if (row[3] === 0) return undefined
  let value = 0
  let check = 0
  for (let i = 0; i < CELLS; i++) {
    const bit = row[Math.floor((i + 0.5) * cellWidth) * 4 + 1] >= 128 ? 1 : 0
    if (i < 32) value = value * 2 + bit
    else check = check * 2 + bit
  }
  const right = ((value ^ (value >>> 8) ^ (value >>> 16) ^ (value >>> 24)) & 0xff) ^ 0xa5
  return check === right ? value : null
}

function record(player) {
  const { video, frames } = player
  const onFrame = (_now, { presentedFrames }) => {
    if (player.closed) return
    // Now, not the argument: that is when the browser began to prepare this repaint, some ms ago.
    const at = performance.now()
    video.requestVideoFrameCallback(onFrame)
    const stamp = readStamp(video)
    if (stamp === undefined) return
    player.firstAt ??= at
    frames.push([at, stamp, presentedFrames])
  }
  video.requestVideoFrameCallback(onFrame)
}

function gathered(pc) {
  return new Promise((resolve) => {
    const look = () => pc.iceGatheringState === 'complete' && resolve()
    pc.addEventListener('icegatheringstatechange', look)
    look()
  })
}

/** Wall clock minus performance.now(), ms, from the moments at which Date.now() changes; twin of stage.ts. */
function wallOffset() {
  const offsets = []
  for (let i = 0; i < 15; i++) {
    const before = Date.now()
    let wall = before
    while (wall === before) wall = Date.now()
    offsets.push(wall - performance.now())
  }
  return offsets.sort((a, b) => b - a)[0]
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

globalThis.bench = {
  /**
   * What to add to performance.now() to get the server's clock, ms. The wall clock, which both share, says
   * it to about 0.1 ms; the quickest of many questions gives the bounds within which it is believed.
   */
  async clock() {
    let best = { rtt: Number.POSITIVE_INFINITY, offset: 0 }
    for (let i = 0; i < 40; i++) {
      const start = performance.now()
      const server = Number(await (await fetch('/clock')).text())
      const end = performance.now()
      if (end - start < best.rtt) best = { rtt: end - start, offset: server - (start + end) / 2 }
    }
    const byWall = wallOffset() - Number(await (await fetch('/wall')).text())
    const uncertainty = best.rtt / 2
    const offset = Math.min(best.offset + uncertainty, Math.max(best.offset - uncertainty, byWall))
    return { offset, uncertainty }
  },

  codecs() {
    return RTCRtpReceiver.getCapabilities('video').codecs.map((c) => c.mimeType.toLowerCase())
  },

  /** Watches; resolves with the ms from the POST to the first painted frame, or null after `timeout`. */
  async play({ codec, offerUrl, timeout, channel = false }) {
    this.close()
    const pc = new RTCPeerConnection()
    const video = document.createElement('video')
    video.muted = video.autoplay = video.playsInline = true
    document.body.append(video)
    const player = { pc, video, frames: [], closed: false, firstAt: undefined, channel: undefined }
    if (channel) player.channel = pc.createDataChannel('pixelcast')
    current = player
    const transceiver = pc.addTransceiver('video', { direction: 'recvonly' })
    const all = RTCRtpReceiver.getCapabilities('video').codecs
    const wanted = all.filter((c) => c.mimeType.toLowerCase() === `video/${codec}`)
    transceiver.setCodecPreferences([...wanted, ...all.filter((c) => c.mimeType === 'video/rtx')])
    pc.ontrack = (event) => {
      video.srcObject = new MediaStream([event.track])
      video.play().catch(() => {})
    }
    record(player)
    await pc.setLocalDescription(await pc.createOffer())
    await gathered(pc)
    const posted = performance.now()
    const response = await fetch(`/offer?to=${encodeURIComponent(offerUrl)}`, {
      method: 'POST',
      body: pc.localDescription.sdp,
    })
    const sdp = await response.text()
    if (!response.ok) throw new Error(`offer: ${response.status} ${sdp}`)
    await pc.setRemoteDescription({ type: 'answer', sdp })
    while (player.firstAt === undefined && performance.now() < posted + timeout) await pause(5)
    return player.firstAt === undefined ? null : player.firstAt - posted
  },

  /** What was painted in the next `ms`: [performance.now(), stamp, presentedFrames] each. */
  async record({ ms }) {
    const { frames, pc, video } = current
    const before = await this.inbound(pc)
    const from = frames.length
    const start = performance.now()
    await pause(ms)
    const end = performance.now()
    const recorded = frames.slice(from)
    const after = await this.inbound(pc)
    frames.splice(0, from)
    return { start, end, frames: recorded, before, after, width: video.videoWidth, height: video.videoHeight }
  },

  /**
   * Presses a key so many times, each with a number of its own, and waits until a picture with that number is
   * painted. Resolves with the ms that it took; null for one that was not to be seen within a second.
   */
  async press({ count, least, most }) {
    const { channel, frames } = current
    while (channel.readyState === 'connecting') await pause(5)
    const times = []
    for (let number = 1; number <= count; number++) {
      // In no fixed phase of the display's.
      await pause(least + Math.random() * (most - least))
      const from = frames.length
      const message = { t: 'key', type: 'down', key: String(number), code: '', repeat: false, mods: 0 }
      const pressed = performance.now()
      channel.send(JSON.stringify(message))
      let seen
      while (!seen && performance.now() < pressed + 1000) {
        await pause(1)
        seen = frames.slice(from).find(([, stamp]) => stamp === number)
      }
      times.push(seen ? seen[0] - pressed : null)
    }
    return times
  },

  async inbound(pc) {
    const all = [...(await pc.getStats()).values()]
    const inbound = all.find((r) => r.type === 'inbound-rtp' && r.kind === 'video') ?? {}
    return {
      bytes: inbound.bytesReceived ?? 0,
      packets: inbound.packetsReceived ?? 0,
      lost: inbound.packetsLost ?? 0,
      received: inbound.framesReceived ?? 0,
      decoded: inbound.framesDecoded ?? 0,
      dropped: inbound.framesDropped ?? 0,
      decodeMs: (inbound.totalDecodeTime ?? 0) * 1000,
      bufferMs: (inbound.jitterBufferDelay ?? 0) * 1000,
      buffered: inbound.jitterBufferEmittedCount ?? 0,
      pli: inbound.pliCount ?? 0,
    }
  },

  /** Where packets come from, and the round trip of the last connectivity check, ms. */
  async path() {
    const stats = await current.pc.getStats()
    const transport = [...stats.values()].find((r) => r.type === 'transport')
    const pair = stats.get(transport?.selectedCandidatePairId)
    const remote = stats.get(pair?.remoteCandidateId)
    return {
      address: remote?.address ?? '',
      port: remote?.port ?? 0,
      rtt: (pair?.currentRoundTripTime ?? Number.NaN) * 1000,
    }
  },

  /** RGBA of the frame on screen, base64; as large as it came, or scaled to a size as a page would show it. */
  pixels(size) {
    const { video } = current
    const canvas = document.createElement('canvas')
    canvas.width = size?.width ?? video.videoWidth
    canvas.height = size?.height ?? video.videoHeight
    const context = canvas.getContext('2d', { willReadFrequently: true })
    context.drawImage(video, 0, 0, canvas.width, canvas.height)
    const { data, width, height } = context.getImageData(0, 0, canvas.width, canvas.height)
    let text = ''
    for (let i = 0; i < data.length; i += 8192) text += String.fromCharCode(...data.subarray(i, i + 8192))
    return { width, height, data: btoa(text) }
  },

  close() {
    if (!current) return
    current.closed = true
    current.pc.close()
    current.video.srcObject = null
    current.video.remove()
    current = undefined
  },
}
