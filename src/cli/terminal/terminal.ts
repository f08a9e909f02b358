/** The part of a stream that a `Terminal` needs. */
export interface TextStream {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

/**
 * Writes lines, and on a TTY one live line below them that is replaced in place. What a script may
 * want to read (addresses) goes to `out`, everything else to `error`, where the live line is too.
 */
export class Terminal {
  readonly #out: TextStream
  readonly #error: TextStream
  #live = ''

  constructor(out: TextStream = process.stdout, error: TextStream = process.stderr) {
    this.#out = out
    this.#error = error
  }

  /** Whether there is a live line at all. */
  get isLive(): boolean {
    return this.#error.isTTY === true
  }

  print(line: string): void {
    this.#aside(() => this.#out.write(`${line}\n`))
  }

  note(line: string): void {
    this.#aside(() => this.#error.write(`${line}\n`))
  }

  warn(line: string): void {
    this.note(`warning: ${line}`)
  }

  /** Replaces the live line; an empty one removes it. Does nothing when not on a TTY. */
  live(line: string): void {
    if (!this.isLive) return
    // a line that wraps could not be taken back; some terminals say that they have 0 columns
    const room = Math.max(10, (this.#error.columns || 80) - 1)
    const shown = line.length > room ? `${line.slice(0, room - 1)}…` : line
    this.#error.write(`\r\x1b[K${shown}`)
    this.#live = shown
  }

  #aside(write: () => void): void {
    if (this.#live !== '') this.#error.write('\r\x1b[K')
    write()
    if (this.#live !== '') this.#error.write(this.#live)
  }
}
