import { trickleFragment } from './trickle-fragment.js'

/**
 * Tells a session of this browser's candidates (RFC 9725 §4.3.2, RFC 8840 §9). Only a server that cannot be
 * reached by itself needs them: it then opens its own NAT towards them.
 */
export class Trickle {
  readonly #pc: RTCPeerConnection
  readonly #send: (fragment: string) => void
  #waiting: RTCIceCandidate[] = []
  #started = false
  #planned = false

  /** @param send sends a fragment to the session, by PATCH */
  constructor(pc: RTCPeerConnection, send: (fragment: string) => void) {
    this.#pc = pc
    this.#send = send
    pc.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate?.candidate) this.#waiting.push(candidate)
      this.#plan()
    })
  }

  /** There is a session that can be told. */
  start(): void {
    this.#started = true
    this.#plan()
  }

  /** What comes in the same moment travels together. */
  #plan(): void {
    if (this.#planned || !this.#started) return
    this.#planned = true
    setTimeout(() => {
      this.#planned = false
      const candidates = this.#waiting
      this.#waiting = []
      const fragment = trickleFragment(this.#pc.localDescription?.sdp ?? '', candidates)
      if (fragment !== undefined) this.#send(fragment)
    }, 0)
  }
}
