import { once } from 'node:events'
import { WebSocket } from 'ws'
import { FRAME_HEADER_BYTES, SOCKET_PROTOCOL } from '../../src/common/socket-protocol.js'

export interface SocketFrame {
  readonly at: number
  readonly keyframe: boolean
  readonly codec: 'h264' | 'vp8'
  readonly scale: number
  readonly number: number
  readonly rtpTime: number
  readonly data: Buffer
}

export interface SocketClientOptions {
  readonly codecs?: readonly string[]
  readonly query?: string
  /** Default true: every frame is acknowledged at once. */
  readonly acknowledges?: boolean
}

export interface TextMessage {
  readonly t: string
  readonly [field: string]: unknown
}

/** A viewer over a WebSocket, as somebody would write it who has read docs/http.md. */
export class SocketClient {
  readonly texts: TextMessage[] = []
  readonly frames: SocketFrame[] = []
  acknowledges: boolean
  ended: { readonly code: number; readonly reason: string } | undefined

  private constructor(
    readonly webSocket: WebSocket,
    /** The session's address. */
    readonly session: URL,
    acknowledges: boolean,
  ) {
    this.acknowledges = acknowledges
    webSocket.on('message', (data, isBinary) => this.#read(data as Buffer, isBinary))
    webSocket.on('close', (code, reason) => {
      this.ended = { code, reason: String(reason) }
    })
    webSocket.on('error', () => {})
  }

  /** @param endpoint `…/whep/NAME` */
  static async open(endpoint: URL, options: SocketClientOptions = {}): Promise<SocketClient> {
    const { codecs = ['h264', 'vp8'], query = '', acknowledges = true } = options
    const session = await SocketClient.begin(new URL(query, endpoint), codecs)
    const client = new SocketClient(
      new WebSocket(`${session.href.replace(/^http/, 'ws')}/socket`, SOCKET_PROTOCOL),
      session,
      acknowledges,
    )
    await once(client.webSocket, 'open')
    return client
  }

  /** Begins a session, without its WebSocket. @returns its address */
  static async begin(endpoint: URL, codecs: readonly string[] = ['h264', 'vp8']): Promise<URL> {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Connection: 'close' },
      body: JSON.stringify({ transport: 'websocket', codecs }),
    })
    if (response.status !== 201) throw new Error(`${response.status}: ${await response.text()}`)
    return new URL(response.headers.get('location') ?? '', endpoint)
  }

  send(message: TextMessage): void {
    this.webSocket.send(JSON.stringify(message))
  }

  /** The first message of a kind. */
  told(kind: string): TextMessage | undefined {
    return this.texts.find(({ t }) => t === kind)
  }

  async close(): Promise<void> {
    this.webSocket.close()
    if (!this.ended) await once(this.webSocket, 'close')
  }

  #read(data: Buffer, isBinary: boolean): void {
    if (!isBinary) {
      this.texts.push(JSON.parse(String(data)))
      return
    }
    if (data[0] !== 1) return
    const number = data.readUInt32BE(4)
    this.frames.push({
      at: performance.now(),
      keyframe: (data[1]! & 1) === 1,
      codec: data[2] === 1 ? 'vp8' : 'h264',
      scale: data[3]!,
      number,
      rtpTime: data.readUInt32BE(8),
      data: data.subarray(FRAME_HEADER_BYTES),
    })
    if (this.acknowledges) this.send({ t: 'got', frame: number })
  }
}
