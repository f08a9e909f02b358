import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findMediaMtx } from '../../../scripts/engines.mjs'
import { freeUdpPort } from '../udp-forwarder.js'
import { until } from '../wait.js'
import { freePort } from './free-port.js'

const USER = 'pixelcast'
const PASSWORD = 'a-secret-of-this-test'
const PATH = 'stage'

/** MediaMTX on 127.0.0.1 alone. One user may publish; everybody may watch. */
export class MediaMtx {
  static readonly path = findMediaMtx()
  /** MediaMTX takes a user and a password as one bearer token. */
  static readonly token = `${USER}:${PASSWORD}`
  log = ''
  #process: ChildProcess | undefined
  #folder = ''

  private constructor(
    private readonly port: number,
    private readonly udpPort: number,
  ) {}

  static async start(): Promise<MediaMtx> {
    const mediaMtx = new MediaMtx(await freePort(), await freeUdpPort())
    await mediaMtx.start()
    return mediaMtx
  }

  get whipUrl(): string {
    return `http://127.0.0.1:${this.port}/${PATH}/whip`
  }

  get whepUrl(): string {
    return `http://127.0.0.1:${this.port}/${PATH}/whep`
  }

  get pid(): number | undefined {
    return this.#process?.pid
  }

  /** Also again, on the same ports, after `kill`. */
  async start(): Promise<void> {
    if (!MediaMtx.path) throw new Error('MediaMTX is not built')
    this.#folder ||= await this.#configure()
    const child = spawn(MediaMtx.path, [join(this.#folder, 'mediamtx.yml')], {
      cwd: this.#folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#process = child
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => {
        this.log += text
      })
    // The page of a path that there is: any answer will do.
    await until(
      'MediaMTX listens',
      async () => (await fetch(`http://127.0.0.1:${this.port}/${PATH}/`)).ok,
    ).catch((error) => {
      throw new Error(`${error}; MediaMTX: ${this.log.slice(-2000)}`)
    })
  }

  /** Without a word to anybody. */
  async kill(): Promise<void> {
    const child = this.#process
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
  }

  async close(): Promise<void> {
    await this.kill()
    await rm(this.#folder, { recursive: true, force: true })
  }

  async #configure(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'pixelcast-mediamtx-'))
    const config = {
      rtsp: false,
      rtmp: false,
      hls: false,
      srt: false,
      webrtc: true,
      webrtcAddress: `127.0.0.1:${this.port}`,
      webrtcLocalUDPAddress: `127.0.0.1:${this.udpPort}`,
      webrtcIPsFromInterfaces: false,
      webrtcAdditionalHosts: ['127.0.0.1'],
      authMethod: 'internal',
      authInternalUsers: [
        { user: USER, pass: PASSWORD, permissions: [{ action: 'publish', path: PATH }] },
        { user: 'any', permissions: [{ action: 'read', path: PATH }] },
      ],
      paths: { [PATH]: {} },
    }
    // JSON is YAML.
    await writeFile(join(folder, 'mediamtx.yml'), JSON.stringify(config))
    return folder
  }
}
