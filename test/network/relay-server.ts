import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import type { Duplex } from 'node:stream'
import { pause } from '../support/wait.js'
import { Relay, type RelayOptions } from './relay.js'
import { Throttle } from './throttle.js'

const CANDIDATE = /^a=candidate:(\S+) 1 UDP (\d+) (\S+) (\d+) typ host.*$/gim
const LONGEST_BODY = 1024 * 1024

/**
 * A pixelcast server seen through a bad network: forwards HTTP as it is and media through a `Relay` for
 * each session. A browser is pointed at `url` instead of the server and needs no other preparation. Answers
 * to HTTP come a round trip late, as if on a connection that is open already.
 *
 * The offer's candidates are withheld from the server and the answer names the relay alone, so that the
 * two cannot find a way past it.
 */
export class RelayServer {
  readonly relays: Relay[] = []
  /** The methods of all requests so far. */
  readonly requests: string[] = []
  /** Bits a second that a WebSocket gets from the server; what waits for its turn is held, as in a large buffer. */
  socketRate = Number.POSITIVE_INFINITY
  readonly #sockets = new Set<Duplex>()
  #conditions: Pick<RelayOptions, 'host' | 'down' | 'up'>

  static async start(
    target: string,
    conditions: Pick<RelayOptions, 'host' | 'down' | 'up' | 'seed'> = {},
  ): Promise<RelayServer> {
    const http = createServer()
    const relay = new RelayServer(http, target, conditions)
    http.listen(0, '127.0.0.1')
    await once(http, 'listening')
    return relay
  }

  private constructor(
    private readonly http: Server,
    private readonly target: string,
    private readonly options: Pick<RelayOptions, 'host' | 'down' | 'up' | 'seed'>,
  ) {
    this.#conditions = options
    http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.#pass(request, socket, head),
    )
    http.on('request', (request, response) => {
      this.#forward(request, response).catch((error: unknown) => {
        if (!response.headersSent) response.writeHead(502)
        response.end(String(error))
      })
    })
  }

  /** How many WebSockets there are. */
  get sockets(): number {
    return this.#sockets.size
  }

  /** Ends with a slash, as a server's does. */
  get url(): string {
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}/`
  }

  /** For sessions that there are and that will be. */
  change(conditions: Pick<RelayOptions, 'down' | 'up'>): void {
    this.#conditions = {
      ...this.#conditions,
      down: { ...this.#conditions.down, ...conditions.down },
      up: { ...this.#conditions.up, ...conditions.up },
    }
    for (const relay of this.relays) relay.change(conditions)
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.http.closeAllConnections()
    this.http.close()
    await Promise.all(this.relays.map((relay) => relay.close()))
  }

  /** A WebSocket, byte by byte; addresses in its request are the server's own. */
  #pass(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { hostname, port, host, origin } = new URL(this.target)
    const server = connect(Number(port), hostname)
    const headers = Object.entries({ ...request.headers, host, origin })
    server.write(`GET ${request.url} HTTP/1.1\r\n${headers.map(([k, v]) => `${k}: ${v}\r\n`).join('')}\r\n`)
    server.write(head)
    this.#sockets.add(socket)
    socket.pipe(server)
    server.pipe(new Throttle(() => this.socketRate)).pipe(socket)
    const end = (): void => {
      this.#sockets.delete(socket)
      socket.destroy()
      server.destroy()
    }
    for (const side of [socket, server]) side.on('error', end).on('close', end)
  }

  async #forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests.push(request.method ?? '')
    const isOffer = request.method === 'POST' && request.headers['content-type'] === 'application/sdp'
    if (request.method === 'PATCH') {
      // Trickled candidates would be a way past the relay.
      response.writeHead(204).end()
      return
    }
    const body = await read(request)
    const { down, up } = this.#conditions
    await pause((down?.delay ?? 0) + (up?.delay ?? 0))
    const answer = await fetch(new URL(request.url ?? '/', this.target), {
      method: request.method ?? 'GET',
      headers: forwarded(request),
      redirect: 'manual',
      ...(body.length > 0 && {
        body: isOffer ? withoutCandidates(body.toString()) : new Uint8Array(body),
      }),
    })
    const headers: Record<string, string> = {}
    for (const [name, value] of answer.headers)
      if (!/^(content-length|content-encoding|transfer-encoding|connection|keep-alive|date)$/.test(name))
        headers[name] = value
    const isAnswer = isOffer && answer.status === 201
    const content = isAnswer
      ? Buffer.from(await this.#through(await answer.text()))
      : Buffer.from(await answer.arrayBuffer())
    response.writeHead(answer.status, headers).end(content)
  }

  /** The answer with the port of a relay of its own in the place of the server's. */
  async #through(answer: string): Promise<string> {
    const ports = [...answer.matchAll(CANDIDATE)].map((match) => Number(match[4]))
    const serverPort = ports[0]
    if (serverPort === undefined) throw new Error('no host candidate in the answer')
    const seed = (this.options.seed ?? 1) + this.relays.length
    const relay = await Relay.start({ serverPort, seed, ...this.#conditions })
    this.relays.push(relay)
    let first = true
    return answer.replace(CANDIDATE, (_line, foundation: string, priority: string) => {
      if (!first) return 'a=x-left-out'
      first = false
      return `a=candidate:${foundation} 1 UDP ${priority} ${this.options.host ?? '127.0.0.1'} ${relay.port} typ host`
    })
  }
}

function withoutCandidates(offer: string): string {
  return offer.replace(/^a=(candidate:|end-of-candidates).*\r?\n/gm, '')
}

function forwarded(request: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const name of ['content-type', 'accept', 'authorization', 'if-match']) {
    const value = request.headers[name]
    if (typeof value === 'string') headers[name] = value
  }
  return headers
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > LONGEST_BODY) throw new Error('too long')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
