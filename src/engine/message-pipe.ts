/**
 * A way for whole messages to a viewer and back, in order, such as a WebSocket: all that the engine knows of it.
 * Nothing of it throws.
 */
export interface MessagePipe {
  /** Bytes that were given to `send` and that the system has not taken yet. */
  readonly buffered: number
  sendText(text: string): void
  /** One message of both parts, one after the other. They must not be changed afterwards. */
  sendBytes(head: Uint8Array, body: Uint8Array): void
  /** What comes from now on goes there. Once; before it, nothing is lost. */
  listen(events: PipeEvents): void
  /** Ends it when what was sent is through, or soon. No event follows. Idempotent. */
  close(reason: string): void
}

export interface PipeEvents {
  /** @param text undefined: it was bytes. @param size in bytes */
  onMessage(text: string | undefined, size: number): void
  /** It is over, for whatever reason. Once, and not after `close`. */
  onClose(reason: string): void
}
