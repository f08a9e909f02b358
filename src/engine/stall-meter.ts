/** Measures how long a viewer's picture stood still, as far as the sender can know. Pure: times in ms. */
export class StallMeter {
  #count = 0
  #total = 0
  #longest = 0
  #since: number | undefined

  /** From now on nothing that is sent can be decoded. */
  begin(now: number): void {
    this.#since ??= now
  }

  /** A keyframe has left. */
  end(now: number): void {
    if (this.#since === undefined) return
    const time = now - this.#since
    this.#since = undefined
    this.#count++
    this.#total += time
    this.#longest = Math.max(this.#longest, time)
  }

  stats(now: number): { stalls: number; stalledTime: number; longestStall: number } {
    const running = this.#since === undefined ? 0 : now - this.#since
    return {
      stalls: this.#count + (this.#since === undefined ? 0 : 1),
      stalledTime: this.#total + running,
      longestStall: Math.max(this.#longest, running),
    }
  }
}
