import type { Terminal } from './terminal.js'

/** What is counted of a track; `pushed` and `dropped` only grow. */
export interface TrackCounts {
  readonly name: string
  /** How far it is: `0:12/1:20`. */
  readonly progress?: string | undefined
  readonly pushed: number
  /** Images that no viewer saw although somebody watched. */
  readonly dropped: number
  readonly viewers: number
  /** How it is published elsewhere. */
  readonly uplink?: string | undefined
  /** False: it is not there to be watched here. Default true. */
  readonly isWatchable?: boolean
}

/** How often the live lines change on a TTY, in ms. */
const LIVE_INTERVAL = 500
/** How often a plain line is written elsewhere, in ms, and only if something happened. */
const PLAIN_INTERVAL = 30_000
/** Time, ms, over which images are counted: of one image a second the rate would else be 0, then 2. */
const RATE_WINDOW = 2000

interface Sample {
  readonly time: number
  readonly counts: readonly TrackCounts[]
}

/** Shows progress, rate, drops and viewers of the tracks while they play. */
export class StatusLine {
  readonly #terminal: Terminal
  readonly #counts: () => readonly TrackCounts[]
  readonly #now: () => number
  /** The oldest is where the rates are counted from. */
  readonly #samples: Sample[]
  #lastPlain = ''
  #timer: NodeJS.Timeout | undefined

  constructor(terminal: Terminal, counts: () => readonly TrackCounts[], now: () => number) {
    this.#terminal = terminal
    this.#counts = counts
    this.#now = now
    this.#samples = [{ time: now(), counts: [] }]
  }

  start(): void {
    const interval = this.#terminal.isLive ? LIVE_INTERVAL : PLAIN_INTERVAL
    this.#timer = setInterval(() => this.update(), interval)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#terminal.live([])
  }

  update(): void {
    const time = this.#now()
    const counts = this.#counts()
    while (this.#samples.length > 1 && time - this.#samples[1]!.time >= RATE_WINDOW) this.#samples.shift()
    const before = this.#samples[0]!
    const states = statesOf(before.counts, counts, time - before.time)
    this.#samples.push({ time, counts })
    const line = formatStatus(states)
    const { isLive, width, height } = this.#terminal
    if (isLive) this.#terminal.live(line.length <= width ? [line] : formatStatusLines(states, height))
    else if (line !== this.#lastPlain) this.#terminal.note(line)
    this.#lastPlain = line
  }
}

/** A track as it is shown. */
export interface TrackState extends TrackCounts {
  /** Images a second. */
  readonly fps: number
}

/** `elapsed` in ms. */
export function statesOf(
  before: readonly TrackCounts[],
  after: readonly TrackCounts[],
  elapsed: number,
): TrackState[] {
  return after.map((track) => {
    const pushed = track.pushed - (before.find(({ name }) => name === track.name)?.pushed ?? 0)
    return { ...track, fps: elapsed > 0 ? (pushed * 1000) / elapsed : 0 }
  })
}

/** `demo 30.0 fps, 2 viewers, 3 dropped`; several tracks with a bar between them. */
export function formatStatus(tracks: readonly TrackState[]): string {
  return tracks.map((track) => `${track.name} ${describe(track)}`).join(' | ')
}

/** A line for each track, at most `most`: of what has no room the last one tells the sum. */
export function formatStatusLines(tracks: readonly TrackState[], most: number): string[] {
  const shown = tracks.length > most ? tracks.slice(0, most - 1) : tracks
  const width = Math.max(...shown.map(({ name }) => name.length))
  const lines = shown.map((track) => `${track.name.padEnd(width)}  ${describe(track)}`)
  const rest = tracks.slice(shown.length)
  if (rest.length === 0) return lines
  const sum = (value: (track: TrackState) => number) => rest.reduce((total, track) => total + value(track), 0)
  const together = {
    fps: sum(({ fps }) => fps),
    viewers: sum(({ viewers }) => viewers),
    dropped: sum(({ dropped }) => dropped),
  }
  return [...lines, `and ${rest.length} more: ${describe(together)}`]
}

function describe(state: Omit<TrackState, 'name' | 'pushed'>): string {
  const { progress, fps, viewers, dropped, uplink, isWatchable = true } = state
  const parts = [
    ...(progress ? [progress] : []),
    `${fps.toFixed(1)} fps`,
    ...(isWatchable ? [`${viewers} ${viewers === 1 ? 'viewer' : 'viewers'}`] : []),
    ...(dropped > 0 ? [`${dropped} dropped`] : []),
    ...(uplink === undefined ? [] : [uplink]),
  ]
  return parts.join(', ')
}
