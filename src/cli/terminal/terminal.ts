/** The part of a stream that a `Terminal` needs. */
export interface TextStream {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
}

/** Some terminals say that they have 0 columns. */
const USUAL = { columns: 80, rows: 24 } as const
/** Narrower than this nothing could be read. */
const NARROWEST = 10

/**
 * Writes lines, and on a TTY a few live lines below them that are replaced in place. What a script may
 * want to read (addresses) goes to `out`, everything else to `error`, where the live lines are too.
 */
export class Terminal {
  readonly #out: TextStream
  readonly #error: TextStream
  readonly #isDumb: boolean
  #live: readonly string[] = []

  /** `type`: what `TERM` says; a dumb terminal cannot replace what was written. */
  constructor(
    out: TextStream = process.stdout,
    error: TextStream = process.stderr,
    type: string | undefined = process.env.TERM,
  ) {
    this.#out = out
    this.#error = error
    this.#isDumb = type === 'dumb'
  }

  /** Whether there are live lines at all. */
  get isLive(): boolean {
    return this.#error.isTTY === true && !this.#isDumb
  }

  /** Characters in a live line: one that wraps could not be taken back. */
  get width(): number {
    return Math.max(NARROWEST, (this.#error.columns || USUAL.columns) - 1)
  }

  /** Live lines that leave room for what is written above them. */
  get height(): number {
    return Math.max(1, Math.floor((this.#error.rows || USUAL.rows) / 2))
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

  /** Replaces the live lines; none removes them. Does nothing when not on a TTY. */
  live(lines: readonly string[]): void {
    if (!this.isLive) return
    const { width } = this
    const shown = lines.map((line) => (line.length > width ? `${line.slice(0, width - 1)}…` : line))
    this.#error.write(this.#erasing() + shown.join('\n'))
    this.#live = shown
  }

  #aside(write: () => void): void {
    if (this.#live.length > 0) this.#error.write(this.#erasing())
    write()
    if (this.#live.length > 0) this.#error.write(this.#live.join('\n'))
  }

  /** What takes the live lines away. A window that became narrower has broken them into more rows. */
  #erasing(): string {
    if (this.#live.length === 0) return ''
    const columns = this.#error.columns || USUAL.columns
    const rows = this.#live.reduce((sum, { length }) => sum + Math.max(1, Math.ceil(length / columns)), 0)
    return `\r${rows > 1 ? `\x1b[${rows - 1}A` : ''}\x1b[J`
  }
}
