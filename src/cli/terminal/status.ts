import type { Terminal } from './terminal.js'

/** What is counted of a track; all but `viewers` only grow. */
export interface TrackCounts {
  readonly name: string
  readonly pushed: number
  /** Images that no viewer saw although somebody watched. */
  readonly dropped: number
  readonly viewers: number
}

/** How often the live line changes on a TTY, in ms. */
const LIVE_INTERVAL = 500
/** How often a plain line is written elsewhere, in ms, and only if something happened. */
const PLAIN_INTERVAL = 30_000

/** Shows rate, drops and viewers of the tracks while they play. */
export class StatusLine {
  readonly #terminal: Terminal
  readonly #counts: () => readonly TrackCounts[]
  readonly #now: () => number
  #before: readonly TrackCounts[] = []
  #beforeTime: number
  #lastPlain = ''
  #timer: NodeJS.Timeout | undefined

  constructor(terminal: Terminal, counts: () => readonly TrackCounts[], now: () => number) {
    this.#terminal = terminal
    this.#counts = counts
    this.#now = now
    this.#beforeTime = now()
  }

  start(): void {
    const interval = this.#terminal.isLive ? LIVE_INTERVAL : PLAIN_INTERVAL
    this.#timer = setInterval(() => this.update(), interval)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#terminal.live('')
  }

  update(): void {
    const now = this.#now()
    const counts = this.#counts()
    const line = formatStatus(this.#before, counts, now - this.#beforeTime)
    this.#before = counts
    this.#beforeTime = now
    if (this.#terminal.isLive) this.#terminal.live(line)
    else if (line !== this.#lastPlain) this.#terminal.note(line)
    this.#lastPlain = line
  }
}

/** `demo 30.0 fps, 2 viewers, 3 dropped`; several tracks with a bar between them. */
export function formatStatus(
  before: readonly TrackCounts[],
  after: readonly TrackCounts[],
  elapsed: number,
): string {
  return after
    .map((track) => {
      const pushed = track.pushed - (before.find(({ name }) => name === track.name)?.pushed ?? 0)
      const fps = elapsed > 0 ? (pushed * 1000) / elapsed : 0
      const viewers = `${track.viewers} ${track.viewers === 1 ? 'viewer' : 'viewers'}`
      const dropped = track.dropped > 0 ? `, ${track.dropped} dropped` : ''
      return `${track.name} ${fps.toFixed(1)} fps, ${viewers}${dropped}`
    })
    .join(' | ')
}
