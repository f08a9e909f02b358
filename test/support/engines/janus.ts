import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findJanus } from '../../../scripts/engines.mjs'
import { until } from '../wait.js'
import { freePort } from './free-port.js'

const LIBRARIES = '/usr/lib/x86_64-linux-gnu/janus'
const ROOM = 1
const PIN = 'the-pin-of-the-room'

interface JanusEvent {
  readonly janus: string
  readonly transaction?: string
  readonly data?: { readonly id: number }
  readonly plugindata?: { readonly data: Readonly<Record<string, unknown>> }
  readonly jsep?: { readonly type: string; readonly sdp: string }
  readonly error?: { readonly code: number; readonly reason: string }
}

interface Handle {
  readonly session: number
  readonly handle: number
  readonly poll: AbortController
  /** By transaction. */
  readonly waiting: Map<string, (event: JanusEvent) => void>
}

/**
 * Debian's Janus with one video room, and before it what its users put there for WHIP (simple-whip-server):
 * an endpoint that says in Janus' own words what comes by HTTP. The bearer token is the room's PIN; Janus checks it.
 */
export class Janus {
  static readonly path = findJanus()
  static readonly token = PIN
  readonly requests: string[] = []
  log = ''
  #process: ChildProcess | undefined
  #folder = ''
  readonly #sessions = new Map<string, Handle>()
  #count = 0

  private constructor(
    private readonly address: string,
    private readonly apiPort: number,
    private readonly http: Server,
  ) {
    http.on('request', (request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        // Janus is away.
        if (!response.headersSent) response.writeHead(502)
        response.end(String(error))
      })
    })
  }

  /** @param address where its media are; libnice uses no loopback address */
  static async start(address: string): Promise<Janus> {
    const http = createServer()
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
    const janus = new Janus(address, await freePort(), http)
    await janus.start()
    return janus
  }

  get whipUrl(): string {
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}/whip`
  }

  async start(): Promise<void> {
    if (!Janus.path) throw new Error('Janus is not installed')
    this.#folder ||= await this.#configure()
    const child = spawn(Janus.path, ['--configs-folder', this.#folder, '--rtp-port-range=50000-59999'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#process = child
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => {
        this.log += text
      })
    await until('Janus listens', async () => (await fetch(`${this.#api}/info`)).ok).catch((error) => {
      throw new Error(`${error}; Janus: ${this.log.slice(-3000)}`)
    })
  }

  async kill(): Promise<void> {
    const child = this.#process
    for (const { poll } of this.#sessions.values()) poll.abort()
    this.#sessions.clear()
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
  }

  async close(): Promise<void> {
    await this.kill()
    this.http.closeAllConnections()
    this.http.close()
    await rm(this.#folder, { recursive: true, force: true })
  }

  /** Janus' offer to somebody who watches, and what takes the answer. */
  async subscribe(): Promise<{
    offer: string
    answer(sdp: string): Promise<void>
    /** Another rung of a simulcast: 0 is the smallest. */
    choose(substream: number): Promise<void>
  }> {
    const handle = await this.#attach()
    // It is one when its media have come.
    const publisher = await until('somebody publishes', async () => {
      const list = await this.#ask(handle, { request: 'listparticipants', room: ROOM })
      const participants = (list.plugindata?.data.participants ?? []) as { id: number; publisher: boolean }[]
      return participants.findLast((participant) => participant.publisher)
    })
    const event = await this.#ask(handle, {
      request: 'join',
      ptype: 'subscriber',
      room: ROOM,
      pin: PIN,
      streams: [{ feed: publisher.id }],
    })
    if (!event.jsep) throw new Error(`no offer: ${JSON.stringify(event)}`)
    const answer = async (sdp: string): Promise<void> => {
      await this.#ask(handle, { request: 'start' }, { type: 'answer', sdp })
    }
    const choose = async (substream: number): Promise<void> => {
      await this.#ask(handle, { request: 'configure', streams: [{ mid: '0', substream }] })
    }
    return { offer: event.jsep.sdp, answer, choose }
  }

  get #api(): string {
    return `http://127.0.0.1:${this.apiPort}/janus`
  }

  async #configure(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'pixelcast-janus-'))
    await mkdir(folder, { recursive: true })
    const files = {
      'janus.jcfg': `general: { plugins_folder = "${LIBRARIES}/plugins" transports_folder = "${LIBRARIES}/transports"
        events_folder = "${LIBRARIES}/events" loggers_folder = "${LIBRARIES}/loggers" debug_level = 4 }
        nat: { ice_enforce_list = "${this.address}" }
        plugins: { disable = "libjanus_audiobridge.so,libjanus_echotest.so,libjanus_recordplay.so,libjanus_sip.so,libjanus_nosip.so,libjanus_streaming.so,libjanus_textroom.so,libjanus_videocall.so,libjanus_voicemail.so,libjanus_lua.so,libjanus_duktape.so" }
        transports: { disable = "libjanus_websockets.so,libjanus_rabbitmq.so,libjanus_mqtt.so,libjanus_nanomsg.so,libjanus_pfunix.so" }`,
      'janus.transport.http.jcfg': `general: { json = "compact" base_path = "/janus" http = true port = ${this.apiPort} ip = "127.0.0.1" https = false }
        admin: { admin_http = false }`,
      'janus.plugin.videoroom.jcfg': `general: { }
        room-${ROOM}: { description = "test" publishers = 4 bitrate = 0 videocodec = "h264" h264_profile = "42e01f" pin = "${PIN}" transport_wide_cc_ext = true }`,
    }
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
    return folder
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '' } = request
    this.requests.push(method)
    let body = ''
    for await (const part of request.setEncoding('utf8')) body += part
    if (method === 'POST') {
      const pin = request.headers.authorization?.replace(/^Bearer /, '')
      const handle = await this.#attach()
      const event = await this.#ask(
        handle,
        {
          request: 'joinandconfigure',
          ptype: 'publisher',
          room: ROOM,
          display: 'pixelcast',
          ...(pin && { pin }),
        },
        { type: 'offer', sdp: body },
      )
      const { error, error_code: code } = event.plugindata?.data ?? {}
      if (!event.jsep) {
        await this.#end(handle)
        // 433: unauthorized
        response.writeHead(code === 433 ? 401 : 400, { 'content-type': 'text/plain' }).end(String(error))
        return
      }
      const name = String(++this.#count)
      this.#sessions.set(name, handle)
      response
        .writeHead(201, { 'content-type': 'application/sdp', location: `/whip/${name}`, etag: `"${name}"` })
        .end(event.jsep.sdp)
      return
    }
    const name = url.split('/').at(-1) ?? ''
    const handle = this.#sessions.get(name)
    if (!handle) response.writeHead(404).end()
    else if (method === 'PATCH') {
      for (const [, candidate] of body.matchAll(/^a=(candidate:.*?)\r?$/gm))
        await this.#post(`${handle.session}/${handle.handle}`, {
          janus: 'trickle',
          candidate: { sdpMid: '0', sdpMLineIndex: 0, candidate },
        })
      response.writeHead(204).end()
    } else {
      this.#sessions.delete(name)
      await this.#end(handle)
      response.writeHead(200).end()
    }
  }

  async #attach(): Promise<Handle> {
    const session = (await this.#post('', { janus: 'create' })).data!.id
    const handle = (await this.#post(`${session}`, { janus: 'attach', plugin: 'janus.plugin.videoroom' }))
      .data!.id
    const attached: Handle = { session, handle, poll: new AbortController(), waiting: new Map() }
    this.#listen(attached).catch(() => attached.poll.abort())
    return attached
  }

  async #end({ session, poll }: Handle): Promise<void> {
    poll.abort()
    await this.#post(`${session}`, { janus: 'destroy' })
  }

  /** Sends a message to the plugin, and gives its answer, which may come as an event. */
  async #ask(handle: Handle, body: object, jsep?: object): Promise<JanusEvent> {
    const transaction = `t${++this.#count}`
    // Before the request: its event may come sooner than the answer to it.
    const event = new Promise<JanusEvent>((resolve, reject) => {
      handle.waiting.set(transaction, resolve)
      handle.poll.signal.addEventListener('abort', () => reject(new Error('Janus is away')))
    })
    event.catch(() => {})
    const path = `${handle.session}/${handle.handle}`
    const message = { janus: 'message', body, ...(jsep && { jsep }), transaction }
    const first = await this.#post(path, message)
    return first.janus === 'ack' ? event : first
  }

  /** All events of a session come this way; one that nobody polls ends after a minute. */
  async #listen({ session, poll, waiting }: Handle): Promise<void> {
    while (!poll.signal.aborted) {
      const response = await fetch(`${this.#api}/${session}?maxev=1`, { signal: poll.signal })
      const event = (await response.json()) as JanusEvent
      waiting.get(event.transaction ?? '')?.(event)
    }
  }

  async #post(path: string, message: object): Promise<JanusEvent> {
    const response = await fetch(`${this.#api}/${path}`, {
      method: 'POST',
      body: JSON.stringify({ transaction: `t${++this.#count}`, ...message }),
    })
    const event = (await response.json()) as JanusEvent
    if (event.error) throw new Error(`Janus: ${event.error.reason}`)
    return event
  }
}
