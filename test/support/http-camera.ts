import { createServer, type Server, type ServerResponse } from 'node:http'

/** A camera as an HTTP server on loopback: MJPEG, as multipart, in a loop. */
export class HttpTestCamera {
  readonly #server: Server
  readonly #open = new Set<ServerResponse>()
  #timer: NodeJS.Timeout | undefined
  #next = 0
  /** Requests so far. */
  requests = 0

  private constructor(images: readonly Uint8Array[], fps: number) {
    this.#server = createServer((_, response) => {
      this.requests++
      response.writeHead(200, { 'content-type': 'multipart/x-mixed-replace; boundary=next' })
      this.#open.add(response)
      response.on('close', () => this.#open.delete(response))
    })
    this.#timer = setInterval(() => {
      const image = images[this.#next++ % images.length]!
      for (const response of this.#open) {
        response.write(`--next\r\nContent-Type: image/jpeg\r\nContent-Length: ${image.length}\r\n\r\n`)
        response.write(image)
        response.write('\r\n')
      }
    }, 1000 / fps)
  }

  /** `port`: 0 takes any free one; another for a camera that comes back. */
  static async open(images: readonly Uint8Array[], port = 0, fps = 25): Promise<HttpTestCamera> {
    const camera = new HttpTestCamera(images, fps)
    await new Promise<void>((resolve) => camera.#server.listen(port, '127.0.0.1', resolve))
    return camera
  }

  get port(): number {
    const address = this.#server.address()
    return typeof address === 'object' && address ? address.port : 0
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/video.mjpg`
  }

  /** As if somebody pulled the plug. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    const closed = new Promise((resolve) => this.#server.close(resolve))
    this.#server.closeAllConnections()
    await closed
  }
}
