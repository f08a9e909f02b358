import { createServer, type Server, type Socket } from 'node:net'
import { h264Payloads } from '../../src/rtp/payload/h264.js'

const CHUNK = 1300
const RTP_HEADER = 12

/** What a camera sends, again and again: RTP payloads, and how the SDP describes them. */
export interface RtspMedia {
  readonly type: number
  readonly sdp: readonly string[]
  readonly frames: readonly (readonly Buffer[])[]
}

/** JPEGs in RTP (RFC 2435). */
function jpegMedia(images: readonly Buffer[]): RtspMedia {
  return { type: 26, sdp: [], frames: images.map((image) => packetsOf(takeApart(image))) }
}

/** H.264 in RTP (RFC 6184), from access units in Annex B form; the first begins with an IDR. */
export function h264Media(accessUnits: readonly Uint8Array[]): RtspMedia {
  return {
    type: 96,
    sdp: ['a=rtpmap:96 H264/90000', 'a=fmtp:96 packetization-mode=1'],
    frames: accessUnits.map((unit) => h264Payloads(unit, CHUNK).map((pieces) => Buffer.concat(pieces))),
  }
}

/** A camera that speaks RTSP (RFC 2326) over one TCP connection on loopback. */
export class RtspTestCamera {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #timers = new Set<NodeJS.Timeout>()

  private constructor(media: RtspMedia, fps: number) {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => this.#sockets.delete(socket))
      let text = ''
      socket.setEncoding('latin1').on('data', (data: string) => {
        // what begins with $ is RTCP of the other side
        text += data
        for (;;) {
          if (text.startsWith('$')) {
            const length = (text.charCodeAt(2) << 8) | text.charCodeAt(3)
            if (text.length < 4 + length) return
            text = text.slice(4 + length)
            continue
          }
          const end = text.indexOf('\r\n\r\n')
          if (end < 0) return
          this.#answer(socket, text.slice(0, end), media, fps)
          text = text.slice(end + 4)
        }
      })
    })
  }

  /** `media`: what it sends, or JPEGs (4:2:0, standard Huffman tables, sizes that are multiples of 16). */
  static async open(media: RtspMedia | readonly Buffer[], port = 0, fps = 25): Promise<RtspTestCamera> {
    const camera = new RtspTestCamera('frames' in media ? media : jpegMedia(media), fps)
    await new Promise<void>((resolve) => camera.#server.listen(port, '127.0.0.1', resolve))
    return camera
  }

  get port(): number {
    const address = this.#server.address()
    return typeof address === 'object' && address ? address.port : 0
  }

  get url(): string {
    return `rtsp://127.0.0.1:${this.port}/live`
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer)
    const closed = new Promise((resolve) => this.#server.close(resolve))
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  #answer(socket: Socket, request: string, media: RtspMedia, fps: number): void {
    const method = request.slice(0, request.indexOf(' '))
    const sequence = /^cseq: *(\d+)/im.exec(request)?.[1] ?? '0'
    const reply = (headers: readonly string[], body = '') =>
      socket.write(['RTSP/1.0 200 OK', `CSeq: ${sequence}`, ...headers, '', body].join('\r\n'))
    if (method === 'DESCRIBE') {
      const session = ['v=0', 'o=- 0 0 IN IP4 127.0.0.1', 's=test', 't=0 0']
      const lines = [...session, `m=video 0 RTP/AVP ${media.type}`, ...media.sdp, 'a=control:video', '']
      const sdp = lines.join('\r\n')
      reply(['Content-Type: application/sdp', `Content-Length: ${sdp.length}`], sdp)
    } else if (method === 'SETUP') reply(['Session: 1', 'Transport: RTP/AVP/TCP;unicast;interleaved=0-1'])
    else if (method === 'PLAY') {
      reply(['Session: 1'])
      this.#play(socket, media, fps)
    } else reply(['Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN', 'Session: 1'])
  }

  #play(socket: Socket, { type, frames }: RtspMedia, fps: number): void {
    let frame = 0
    let sequence = 0
    const timer = setInterval(() => {
      const time = Math.round((frame * 90_000) / fps)
      const payloads = frames[frame++ % frames.length]!
      for (const [index, payload] of payloads.entries()) {
        const marker = index === payloads.length - 1 ? 0x80 : 0
        const length = RTP_HEADER + payload.length
        const header = Buffer.alloc(4 + RTP_HEADER)
        header.set([0x24, 0, length >> 8, length & 0xff, 0x80, type | marker])
        header.writeUInt16BE(sequence++ & 0xffff, 6)
        header.writeUInt32BE(time >>> 0, 8)
        header.writeUInt32BE(1, 12)
        socket.write(Buffer.concat([header, payload]))
      }
    }, 1000 / fps)
    this.#timers.add(timer)
    socket.on('close', () => clearInterval(timer))
  }
}

/** What RFC 2435 sends of a JPEG: its scan, and its two quantization tables. */
interface JpegParts {
  readonly width: number
  readonly height: number
  readonly tables: Buffer
  readonly scan: Buffer
}

function takeApart(jpeg: Buffer): JpegParts {
  const tables: Buffer[] = []
  let [width, height] = [0, 0]
  for (let at = 2; ; ) {
    const code = jpeg[at + 1]
    const length = jpeg.readUInt16BE(at + 2)
    const segment = jpeg.subarray(at + 4, at + 2 + length)
    at += 2 + length
    if (code === 0xdb)
      for (let i = 0; i < segment.length; i += 65) tables.push(segment.subarray(i + 1, i + 65))
    if (code === 0xc0) [height, width] = [segment.readUInt16BE(1), segment.readUInt16BE(3)]
    if (code === 0xda)
      return { width, height, tables: Buffer.concat(tables), scan: jpeg.subarray(at, jpeg.length - 2) }
  }
}

function packetsOf({ width, height, tables, scan }: JpegParts): Buffer[] {
  const packets: Buffer[] = []
  for (let at = 0; at < scan.length; at += CHUNK) {
    const piece = scan.subarray(at, at + CHUNK)
    // type-specific, offset; type 1 (4:2:0), Q 255 (the tables follow in the first packet), size in blocks
    const header = Buffer.from([0, at >> 16, (at >> 8) & 0xff, at & 0xff, 1, 255, width / 8, height / 8])
    const quantization =
      at === 0 ? [Buffer.from([0, 0, tables.length >> 8, tables.length & 0xff]), tables] : []
    packets.push(Buffer.concat([header, ...quantization, piece]))
  }
  return packets
}
