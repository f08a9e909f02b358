import { html, setText, svg } from './dom.js'
import {
  formatBitrate,
  formatCodec,
  formatFps,
  formatMs,
  formatSize,
  formatTransport,
  UNKNOWN,
} from './format.js'
import { LatencyBar } from './latency-bar.js'
import type { ViewerStats } from './stats.js'

/** A minute of history. */
const HISTORY = 60
/** The curve's scale never goes below this: 2 ms up and down must not look like a catastrophe. */
const LEAST_FULL_SCALE_MS = 50

const ROWS = {
  size: 'Image',
  fps: 'Frame rate',
  bitrate: 'Bitrate',
  codec: 'Codec',
  transport: 'Transport',
  roundTrip: 'Round trip',
  lost: 'Packets lost',
  dropped: 'Frames dropped',
} as const
type Row = keyof typeof ROWS

/** The statistics over the picture: latency with its last minute, and a table. */
export class StatsPanel {
  readonly root: HTMLElement
  readonly #latency = html('b', {}, UNKNOWN)
  readonly #split = new LatencyBar()
  readonly #line = svg('polyline')
  readonly #cells = new Map<Row, HTMLElement>()
  readonly #history: (number | undefined)[] = []

  constructor() {
    const list = html('dl')
    for (const [row, label] of Object.entries(ROWS)) {
      const cell = html('dd', {}, UNKNOWN)
      this.#cells.set(row as Row, cell)
      list.append(html('dt', {}, label), cell)
    }
    const curve = svg(
      'svg',
      { viewBox: `0 0 ${HISTORY - 1} 30`, preserveAspectRatio: 'none', 'aria-hidden': 'true' },
      svg('line', { x1: '0', y1: '30', x2: String(HISTORY - 1), y2: '30' }),
      this.#line,
    )
    const lead = html('div', { class: 'lead' }, html('span', {}, 'Latency'), this.#latency)
    this.root = html('div', { class: 'stats', part: 'stats', role: 'group', 'aria-label': 'Statistics' })
    this.root.append(lead, curve, this.#split.root, list)
  }

  update(stats: ViewerStats): void {
    setText(this.#latency, formatMs(stats.latency))
    this.#history.push(stats.latency)
    if (this.#history.length > HISTORY) this.#history.shift()
    this.#line.setAttribute('points', points(this.#history))
    this.#split.update(stats.latencyParts)
    this.#set('size', formatSize(stats.width, stats.height))
    this.#set('fps', formatFps(stats.fps))
    this.#set('bitrate', formatBitrate(stats.bitrate))
    this.#set('codec', formatCodec(stats.codec))
    this.#set('transport', formatTransport(stats.transport))
    this.#set('roundTrip', formatMs(stats.roundTrip, true))
    this.#set('lost', String(stats.packetsLost))
    this.#set('dropped', String(stats.framesDropped))
    this.#cells.get('lost')?.classList.toggle('warn', stats.packetsLost > 0)
  }

  #set(row: Row, text: string): void {
    const cell = this.#cells.get(row)
    if (cell) setText(cell, text)
  }
}

/** The newest value lies at the right edge; a second without a value holds the one before it. */
function points(history: readonly (number | undefined)[]): string {
  const known = history.filter((value) => value !== undefined)
  const full = Math.max(LEAST_FULL_SCALE_MS, ...known)
  let last: number | undefined
  const result: string[] = []
  for (const [index, value] of history.entries()) {
    last = value ?? last
    if (last === undefined) continue
    result.push(`${HISTORY - history.length + index},${(30 - (last / full) * 28).toFixed(2)}`)
  }
  return result.join(' ')
}
