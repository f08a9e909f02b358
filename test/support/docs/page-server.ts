import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * A user's web server: a page of theirs at `/`, and the rest as `upstream` answers it, as behind a
 * reverse proxy.
 */
export class PageServer {
  readonly #server = createServer((incoming, response) => {
    if (incoming.url === '/') response.setHeader('content-type', 'text/html; charset=utf-8').end(this.html)
    else if (this.upstream) forward(incoming, response, this.upstream)
    else response.writeHead(404).end()
  })

  private constructor(
    private readonly html: string,
    private readonly upstream: string | undefined,
  ) {}

  static async open(html: string, upstream?: string): Promise<PageServer> {
    const page = new PageServer(html, upstream)
    await new Promise<void>((resolve) => page.#server.listen(0, '127.0.0.1', resolve))
    return page
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

function forward(incoming: IncomingMessage, response: ServerResponse, upstream: string): void {
  const { url = '/', method, headers } = incoming
  const outgoing = request(new URL(url, upstream), { method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(response)
  })
  outgoing.on('error', () => response.destroy())
  incoming.pipe(outgoing)
}
