import type { MessagePort } from 'node:worker_threads'
import type { MessagePipe, PipeEvents } from '../engine/api.js'

/** What goes from the engine's thread to the one that has the socket. */
type Down = { readonly text: string } | { readonly bytes: Uint8Array } | { readonly close: string }

/** … and back. */
type Up =
  | { readonly text: string | undefined; readonly size: number }
  | { readonly end: string }
  /** So many bytes were given to the socket, in which so many wait. */
  | { readonly taken: number; readonly buffered: number }

/** The engine's end of a pipe whose socket belongs to the application's thread. */
export class PortPipe implements MessagePipe {
  #events: PipeEvents | undefined
  #isOver = false
  /** Posted, and not given to the socket yet: the other thread may be busy. */
  #posted = 0
  #waiting = 0

  constructor(private readonly port: MessagePort) {
    port.on('message', (message: Up) => this.#receive(message))
    port.on('close', () => this.#end('the connection broke off'))
    port.unref()
  }

  get buffered(): number {
    return this.#posted + this.#waiting
  }

  sendText(text: string): void {
    this.#post({ text }, text.length)
  }

  sendBytes(head: Uint8Array, body: Uint8Array): void {
    // A copy, for it goes to the other thread for good, and the body is for other viewers as well.
    const bytes = new Uint8Array(head.byteLength + body.byteLength)
    bytes.set(head)
    bytes.set(body, head.byteLength)
    this.#post({ bytes }, bytes.byteLength, [bytes.buffer])
  }

  listen(events: PipeEvents): void {
    this.#events = events
  }

  close(reason: string): void {
    if (this.#isOver) return
    this.#post({ close: reason }, 0)
    this.#over()
  }

  #post(message: Down, size: number, transfer: ArrayBuffer[] = []): void {
    if (this.#isOver) return
    this.#posted += size
    this.port.postMessage(message, transfer)
  }

  #receive(message: Up): void {
    if (this.#isOver) return
    if ('taken' in message) {
      this.#posted -= message.taken
      this.#waiting = message.buffered
    } else if ('end' in message) this.#end(message.end)
    else this.#events?.onMessage(message.text, message.size)
  }

  #over(): void {
    this.#isOver = true
    this.port.close()
  }

  #end(reason: string): void {
    if (this.#isOver) return
    this.#over()
    this.#events?.onClose(reason)
  }
}

/** Joins a pipe of this thread with a `PortPipe` in the engine's. */
export function bridge(pipe: MessagePipe, port: MessagePort): void {
  const up = (message: Up) => port.postMessage(message)
  pipe.listen({
    onMessage: (text, size) => up({ text, size }),
    onClose: (reason) => {
      up({ end: reason })
      port.close()
    },
  })
  port.on('message', (message: Down) => {
    if ('close' in message) pipe.close(message.close)
    else if ('text' in message) {
      pipe.sendText(message.text)
      up({ taken: message.text.length, buffered: pipe.buffered })
    } else {
      pipe.sendBytes(message.bytes.subarray(0, 0), message.bytes)
      up({ taken: message.bytes.byteLength, buffered: pipe.buffered })
    }
  })
  // The engine has closed its end, or is gone.
  port.on('close', () => pipe.close('the session has ended'))
  port.unref()
}
