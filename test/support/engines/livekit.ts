import { type ChildProcess, spawn } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { findLiveKit } from '../../../scripts/engines.mjs'
import { freeUdpPort } from '../udp-forwarder.js'
import { until } from '../wait.js'
import { freePort } from './free-port.js'

const KEY = 'pixelcast-test'
const SECRET = 'a-secret-of-this-test-of-32-characters'

/** LiveKit's server on 127.0.0.1 alone. */
export class LiveKit {
  static readonly path = findLiveKit()
  #process: ChildProcess | undefined
  log = ''

  private constructor(
    readonly port: number,
    private readonly udpPort: number,
  ) {}

  static async start(): Promise<LiveKit> {
    const liveKit = new LiveKit(await freePort(), await freeUdpPort())
    await liveKit.start()
    return liveKit
  }

  get whipUrl(): string {
    return `http://127.0.0.1:${this.port}/whip/v1`
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}`
  }

  /** A JSON Web Token for somebody in a room. */
  token(room: string, identity: string, secret = SECRET): string {
    const seconds = Math.floor(Date.now() / 1000)
    const claims = {
      iss: KEY,
      sub: identity,
      nbf: seconds - 10,
      exp: seconds + 3600,
      video: { room, roomJoin: true, canPublish: true, canSubscribe: true },
    }
    const text = [{ alg: 'HS256', typ: 'JWT' }, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.')
    return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`
  }

  /** Also again, on the same ports, after `kill`. */
  async start(): Promise<void> {
    if (!LiveKit.path) throw new Error('LiveKit is not built')
    const config = {
      port: this.port,
      bind_addresses: ['127.0.0.1'],
      keys: { [KEY]: SECRET },
      rtc: {
        udp_port: this.udpPort,
        tcp_port: 0,
        node_ip: '127.0.0.1',
        use_external_ip: false,
        enable_loopback_candidate: true,
        interfaces: { includes: ['lo'] },
        // Else clients would be sent to a public one. Nobody listens there; at our own port Chromium would take what
        // comes from it for answers of the STUN server.
        stun_servers: ['127.0.0.1:9'],
      },
      logging: { json: true, level: 'info' },
    }
    const child = spawn(LiveKit.path, ['--config-body', JSON.stringify(config)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#process = child
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => {
        this.log += text
      })
    await until('LiveKit listens', async () => (await fetch(`http://127.0.0.1:${this.port}/`)).ok).catch(
      (error) => {
        throw new Error(`${error}; LiveKit: ${this.log.slice(-2000)}`)
      },
    )
  }

  /** Without a word to anybody, unless the signal is a gentle one. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#process
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill(signal)
    await ended
  }
}
