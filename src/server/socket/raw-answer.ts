import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'

/** A client that does not take its answer is not waited for longer, ms. */
const LINGER_MS = 1_000

/** Answers a request for an upgrade by a usual answer, and ends the connection. */
export async function answerRaw(socket: Duplex, response: Response): Promise<void> {
  // Nobody else listens any more, and an error without a listener would end the thread.
  socket.on('error', () => socket.destroy())
  const body = Buffer.from(await response.arrayBuffer())
  const headers = [
    ...response.headers,
    ['connection', 'close'],
    ['content-length', String(body.length)],
    ['x-content-type-options', 'nosniff'],
    ['referrer-policy', 'no-referrer'],
  ]
  const head = [
    `HTTP/1.1 ${response.status} ${STATUS_CODES[response.status] ?? ''}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ]
  socket.end(Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), body]))
  // What still comes would otherwise keep the connection half open.
  socket.resume()
  setTimeout(() => socket.destroy(), LINGER_MS).unref()
}
