/** A remark is written at most once in this time (ms); what comes in between is counted. */
const INTERVAL = 5000

/** Writes remarks about images without filling the terminal when every image is a reason for one. */
export class Remarks {
  readonly #write: (line: string) => void
  readonly #now: () => number
  #last: number | undefined
  #held: string | undefined
  #more = 0

  constructor(write: (line: string) => void, now: () => number = () => performance.now()) {
    this.#write = write
    this.#now = now
  }

  add(line: string): void {
    const now = this.#now()
    if (this.#last !== undefined && now - this.#last < INTERVAL) {
      this.#held = line
      this.#more++
      return
    }
    this.flush()
    this.#last = now
    this.#write(line)
  }

  /** Writes what was held back. */
  flush(): void {
    if (this.#held !== undefined)
      this.#write(this.#more === 1 ? this.#held : `${this.#held} (the last of ${this.#more} more)`)
    this.#held = undefined
    this.#more = 0
  }
}
