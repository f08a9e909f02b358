import { createServer, type Server, type Socket } from 'node:net'

const PAYLOAD_TYPE = 26 // JPEG (RFC 3551, section 6)
const CHUNK = 1300

/** What RFC 2435 sends of a JPEG: its scan, and its two quantization tables. */
interface JpegParts {
  readonly width: number
  readonly height: number
  readonly tables: Buffer
  readonly scan: Buffer
}

/** A camera that speaks RTSP (RFC 2326) over one TCP connection on loopback and sends JPEGs in RTP (RFC 2435). */
export class RtspTestCamera {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #timers = new Set<NodeJS.Timeout>()

  /** JPEGs must be 4:2:0, with the standard Huffman tables, in sizes that are multiples of 16. */
  private constructor(images: readonly Buffer[], fps: number) {
    const parts = images.map(takeApart)
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
          this.#answer(socket, text.slice(0, end), parts, fps)
          text = text.slice(end + 4)
        }
      })
    })
  }

  static async open(images: readonly Buffer[], port = 0, fps = 25): Promise<RtspTestCamera> {
    const camera = new RtspTestCamera(images, fps)
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

  #answer(socket: Socket, request: string, parts: readonly JpegParts[], fps: number): void {
    const method = request.slice(0, request.indexOf(' '))
    const sequence = /^cseq: *(\d+)/im.exec(request)?.[1] ?? '0'
    const reply = (headers: readonly string[], body = '') =>
      socket.write(['RTSP/1.0 200 OK', `CSeq: ${sequence}`, ...headers, '', body].join('\r\n'))
    if (method === 'DESCRIBE') {
      const sdp = `v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=test\r\nt=0 0\r\nm=video 0 RTP/AVP ${PAYLOAD_TYPE}\r\na=control:video\r\n`
      reply(['Content-Type: application/sdp', `Content-Length: ${sdp.length}`], sdp)
    } else if (method === 'SETUP') reply(['Session: 1', 'Transport: RTP/AVP/TCP;unicast;interleaved=0-1'])
    else if (method === 'PLAY') {
      reply(['Session: 1'])
      this.#play(socket, parts, fps)
    } else reply(['Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN', 'Session: 1'])
  }

  #play(socket: Socket, parts: readonly JpegParts[], fps: number): void {
    let frame = 0
    let sequence = 0
    const timer = setInterval(() => {
      const time = Math.round((frame * 90_000) / fps)
      for (const packet of packetsOf(parts[frame++ % parts.length]!)) {
        const header = Buffer.from([
          0x80,
          PAYLOAD_TYPE | (packet.last ? 0x80 : 0),
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          1,
        ])
        header.writeUInt16BE(sequence++ & 0xffff, 2)
        header.writeUInt32BE(time >>> 0, 4)
        const length = header.length + packet.payload.length
        socket.write(
          Buffer.concat([Buffer.from([0x24, 0, length >> 8, length & 0xff]), header, packet.payload]),
        )
      }
    }, 1000 / fps)
    this.#timers.add(timer)
    socket.on('close', () => clearInterval(timer))
  }
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

function packetsOf({ width, height, tables, scan }: JpegParts): { payload: Buffer; last: boolean }[] {
  const packets: { payload: Buffer; last: boolean }[] = []
  for (let at = 0; at < scan.length; at += CHUNK) {
    const piece = scan.subarray(at, at + CHUNK)
    // type-specific, offset; type 1 (4:2:0), Q 255 (the tables follow in the first packet), size in blocks
    const header = Buffer.from([0, at >> 16, (at >> 8) & 0xff, at & 0xff, 1, 255, width / 8, height / 8])
    const quantization =
      at === 0 ? [Buffer.from([0, 0, tables.length >> 8, tables.length & 0xff]), tables] : []
    packets.push({
      payload: Buffer.concat([header, ...quantization, piece]),
      last: at + CHUNK >= scan.length,
    })
  }
  return packets
}
