import { type DataChannel, guarded } from './native.js'

/**
 * So much may wait to be sent, bytes. What does not fit is left out: it belongs to a frame that would be
 * gone by the time it arrives.
 */
const MAX_BACKLOG = 64 * 1024

export interface FrameChannelEvents {
  onOpen(): void
  onError(error: unknown): void
}

/**
 * The data channel for what belongs to single frames. The viewer has made it unordered, and for messages
 * that live a second at most; only the server sends on it.
 */
export class FrameChannel {
  readonly #channel: DataChannel
  readonly #events: FrameChannelEvents
  #closed = false

  constructor(channel: DataChannel, events: FrameChannelEvents) {
    this.#channel = channel
    this.#events = events
    const guard = <A extends unknown[]>(callback: (...args: A) => void) =>
      guarded(callback, (error) => events.onError(error))
    channel.onError(guard(() => {}))
    channel.onClosed(guard(() => this.close()))
    // Nothing is to be said here; who floods it loses it.
    channel.onMessage(guard(() => this.close()))
    const open = guard(() => {
      if (!this.#closed) events.onOpen()
    })
    if (channel.isOpen()) open()
    else channel.onOpen(open)
  }

  /** @returns false when it was not sent, and will not be */
  send(text: string): boolean {
    try {
      if (this.#closed || !this.#channel.isOpen() || this.#channel.bufferedAmount() > MAX_BACKLOG)
        return false
      return this.#channel.sendMessage(text)
    } catch {
      return false // too long for this viewer, or the connection went down since the last event
    }
  }

  /** Idempotent. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    try {
      this.#channel.close()
    } catch (error) {
      this.#events.onError(error)
    }
  }
}
