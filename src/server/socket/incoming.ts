import { IncomingMessage } from 'node:http'

/**
 * A request that Node treats as one for an upgrade only if it is for a WebSocket. Once somebody listens for upgrades,
 * Node hands over every request that has an Upgrade header, and reads no body; but clients that would like HTTP/2 send
 * `Upgrade: h2c` with their first request, whatever it is (Java's HttpClient does), and want an answer (RFC 9110 §7.8).
 */
export class PixelcastRequest extends IncomingMessage {
  // Not a private field: the constructor of the base class writes `upgrade` before there would be one.
  private asked: boolean | null = null

  /** Node's parser writes it, and reads it again when the headers are here. */
  set upgrade(upgrade: boolean | null) {
    this.asked = upgrade
  }

  get upgrade(): boolean {
    if (!this.asked) return false
    return this.method === 'CONNECT' || /\bwebsocket\b/i.test(this.headers.upgrade ?? '')
  }
}
