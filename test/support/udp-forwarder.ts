import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'

/** What a NAT or a container's host does: datagrams to its port go to another one, and back. On loopback. */
export class UdpForwarder {
  readonly #sources = new Map<string, Socket>()
  packets = 0

  private constructor(
    private readonly outside: Socket,
    private readonly target: number,
  ) {
    outside.on('message', (message, { address, port }) => {
      this.packets++
      this.#inside(address, port).send(message, this.target, '127.0.0.1')
    })
  }

  static async open(target: number): Promise<UdpForwarder> {
    const socket = createSocket('udp4')
    socket.bind(0, '127.0.0.1')
    await once(socket, 'listening')
    return new UdpForwarder(socket, target)
  }

  get port(): number {
    return this.outside.address().port
  }

  close(): void {
    for (const socket of [this.outside, ...this.#sources.values()]) socket.close()
  }

  #inside(address: string, port: number): Socket {
    const key = `${address}:${port}`
    let socket = this.#sources.get(key)
    if (!socket) {
      socket = createSocket('udp4', (message) => this.outside.send(message, port, address))
      this.#sources.set(key, socket)
      socket.bind(0, '127.0.0.1')
    }
    return socket
  }
}

/** A UDP port that is free on loopback. */
export async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const { port } = socket.address()
  await new Promise<void>((resolve) => socket.close(resolve))
  return port
}
