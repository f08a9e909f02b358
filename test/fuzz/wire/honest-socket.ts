import { SocketClient } from '../../support/socket-client.js'

/** Somebody who watches over a WebSocket as the viewer of the pages does, and counts what comes. */
export class HonestSocket {
  /** Frames, and those before which one was missing. */
  frames = 0
  gaps = 0
  #next = 0

  private constructor(private readonly client: SocketClient) {
    client.webSocket.on('message', () => this.#count())
  }

  static async open(endpoint: string): Promise<HonestSocket> {
    return new HonestSocket(await SocketClient.open(new URL(endpoint), { codecs: ['h264'] }))
  }

  /** Why it watches no longer. */
  get ended(): string | undefined {
    return this.client.ended && `${this.client.ended.code} ${this.client.ended.reason}`
  }

  close(): Promise<void> {
    return this.ended === undefined ? this.client.close() : Promise.resolve()
  }

  #count(): void {
    this.client.texts.length = 0
    for (const { number } of this.client.frames.splice(0)) {
      if (number !== this.#next) this.gaps++
      this.#next = number + 1
      this.frames++
    }
  }
}
