import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { monotonicNow } from '../../src/common/clock.js'
import { Link, type LinkConditions } from './link.js'
import { OVERHEAD } from './sender.js'

const HOST = '127.0.0.1'
/** A browser tries from a socket or two; more is something gone wrong. */
const MOST_CLIENTS = 16
/** IP and UDP; what SRTP adds is in the packet already. */
const HEADERS = OVERHEAD - 10
/** 30 Mbit/s for half a second, if the system grants it. */
const BUFFER = 2 * 1024 * 1024

export interface RelayOptions {
  /** The address of server and relay. Default 127.0.0.1. */
  readonly host?: string | undefined
  /** Where the server listens. */
  readonly serverPort: number
  readonly seed?: number
  /** From server to browser. */
  readonly down?: Partial<LinkConditions>
  /** From browser to server. */
  readonly up?: Partial<LinkConditions>
}

/** What the way from server to browser has done so far. */
export interface RelayStats {
  /** Packets lost on the way. */
  readonly lost: number
  /** Packets for which the queue had no room. */
  readonly dropped: number
  /** Packets that came out at the browser's end, and their bytes as the bottleneck counts them, IP and UDP included. */
  readonly packets: number
  readonly bytes: number
}

interface Parcel {
  readonly client: Client
  readonly data: Buffer
}

/** A socket of the browser, and the one in its stead towards the server. */
interface Client {
  readonly port: number
  readonly socket: Socket
}

/**
 * A network between a browser and the server: UDP on loopback through two links, in real time. Timers
 * have a resolution of a millisecond and everything that is due then leaves together, so 30 Mbit/s cost
 * a thousand wake-ups a second and no spinning.
 */
export class Relay {
  readonly #front: Socket
  readonly #serverPort: number
  readonly #host: string
  readonly #clients = new Map<number, Promise<Client>>()
  readonly #down: Link<Parcel>
  readonly #up: Link<Parcel>
  #timer: NodeJS.Timeout | undefined
  /** When the timer is to fire, ms. */
  #due = Infinity
  #closed = false
  #packets = 0
  #bytes = 0

  static async start(options: RelayOptions): Promise<Relay> {
    const relay = new Relay(await open(options.host ?? HOST), options)
    return relay
  }

  private constructor(
    front: Socket,
    { serverPort, host = HOST, seed = 1, down = {}, up = {} }: RelayOptions,
  ) {
    this.#front = front
    this.#serverPort = serverPort
    this.#host = host
    this.#down = new Link(seed, down)
    this.#up = new Link(seed + 1, up)
    front.on('message', (data, from) => void this.#fromBrowser(data, from))
  }

  /** Where the browser sends to. */
  get port(): number {
    return this.#front.address().port
  }

  /** From server to browser. */
  get stats(): RelayStats {
    return { ...this.#down.stats, packets: this.#packets, bytes: this.#bytes }
  }

  /** Changes conditions from now on. */
  change({ down, up }: Pick<RelayOptions, 'down' | 'up'>): void {
    const now = monotonicNow()
    if (down) this.#down.change(down, now)
    if (up) this.#up.change(up, now)
    this.#work()
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    this.#front.close()
    for (const client of await Promise.all(this.#clients.values())) client.socket.close()
  }

  async #fromBrowser(data: Buffer, { port }: RemoteInfo): Promise<void> {
    let pending = this.#clients.get(port)
    if (!pending) {
      if (this.#clients.size >= MOST_CLIENTS) return
      pending = this.#connect(port)
      this.#clients.set(port, pending)
    }
    const client = await pending
    this.#send(this.#up, client, data)
  }

  async #connect(port: number): Promise<Client> {
    const client = { port, socket: await open(this.#host) }
    client.socket.on('message', (data, from) => {
      if (from.port === this.#serverPort) this.#send(this.#down, client, data)
    })
    return client
  }

  #send(link: Link<Parcel>, client: Client, data: Buffer): void {
    if (this.#closed) return
    link.send({ client, data }, data.length + HEADERS, monotonicNow())
    if ((link.nextAt ?? Infinity) < this.#due) this.#work()
  }

  #work(): void {
    clearTimeout(this.#timer)
    if (this.#closed) return
    const now = monotonicNow()
    for (const { packet } of this.#up.receive(now))
      packet.client.socket.send(packet.data, this.#serverPort, this.#host)
    for (const { packet } of this.#down.receive(now)) {
      this.#packets++
      this.#bytes += packet.data.length + HEADERS
      this.#front.send(packet.data, packet.client.port, this.#host)
    }
    const next = Math.min(this.#up.nextAt ?? Infinity, this.#down.nextAt ?? Infinity)
    const wait = Math.max(1, Math.floor(next - now))
    this.#due = next === Infinity ? Infinity : now + wait
    if (next !== Infinity) this.#timer = setTimeout(() => this.#work(), wait)
  }
}

async function open(host: string): Promise<Socket> {
  const socket = createSocket('udp4')
  // A packet to a port that was closed meanwhile comes back as an error; networks do not stop for that.
  socket.on('error', () => {})
  socket.bind(0, host)
  await once(socket, 'listening')
  try {
    socket.setRecvBufferSize(BUFFER)
    socket.setSendBufferSize(BUFFER)
  } catch {
    // The system's own limit then.
  }
  return socket
}
