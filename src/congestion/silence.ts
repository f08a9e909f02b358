/** Feedback comes four times a second at least (libwebrtc: kMaxInterval, 250 ms); after this and a round trip … */
const PATIENCE = 500
/** … the share is halved for each such time, ms: what is sent only makes a queue that nobody sees … */
const STEP = 500
/** … but not further than this, from where probes find back. */
const LEAST_SHARE = 1 / 8

/** Holds back while packets are sent and no feedback comes. */
export class Silence {
  /** When the first packet was sent that no feedback has come after. */
  #since: number | undefined

  onPacketSent(now: number): void {
    this.#since ??= now
  }

  onFeedback(): void {
    this.#since = undefined
  }

  /** Of the estimate that may be sent. */
  share(roundTripTime: number, now: number): number {
    if (this.#since === undefined) return 1
    const silence = now - this.#since - PATIENCE - roundTripTime
    return silence < 0 ? 1 : Math.max(LEAST_SHARE, 0.5 ** (1 + Math.floor(silence / STEP)))
  }
}
