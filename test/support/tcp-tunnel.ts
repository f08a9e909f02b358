import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

const STEP_MS = 5
/** What was not given on in time is made up for later, for so long. */
const MOST_LATE_MS = 20

/** What an SSH tunnel over a slow line is: takes all that comes at once, and gives it on at so many bit/s. */
export class TcpTunnel {
  /** Bytes that wait here. */
  waiting = 0
  readonly #sockets = new Set<Socket>()

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async start(target: number, rate: number): Promise<TcpTunnel> {
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const tunnel = new TcpTunnel(server, (server.address() as AddressInfo).port)
    server.on('connection', (near) => tunnel.#join(near, connect(target, '127.0.0.1'), rate))
    return tunnel
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.server.close()
    await once(this.server, 'close')
  }

  #join(near: Socket, far: Socket, rate: number): void {
    for (const socket of [near, far]) {
      this.#sockets.add(socket)
      socket.on('error', () => {})
    }
    near.pipe(far)
    const queue: Buffer[] = []
    let last = performance.now()
    let budget = 0
    far.on('data', (chunk) => {
      queue.push(chunk)
      this.waiting += chunk.length
    })
    const timer = setInterval(() => {
      const now = performance.now()
      budget = Math.min(budget + ((now - last) * rate) / 8_000, (MOST_LATE_MS * rate) / 8_000)
      last = now
      while (queue[0] && budget >= 1) {
        const part = queue[0].subarray(0, Math.floor(budget))
        near.write(part)
        budget -= part.length
        this.waiting -= part.length
        if (part.length === queue[0].length) queue.shift()
        else queue[0] = queue[0].subarray(part.length)
      }
      // What the far end said before it left still comes through.
      if (far.destroyed && queue.length === 0) {
        clearInterval(timer)
        near.end()
      }
    }, STEP_MS)
    near.on('close', () => {
      clearInterval(timer)
      far.destroy()
    })
  }
}
