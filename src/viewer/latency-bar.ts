import { html, setText } from './dom.js'
import { formatMs } from './format.js'
import type { LatencyParts } from './latency-parts.js'

const LABELS: Readonly<Record<keyof LatencyParts, string>> = {
  queue: 'Queue',
  convert: 'Convert',
  encode: 'Encode',
  pace: 'Pace',
  network: 'Network',
  jitterBuffer: 'Buffer',
  decode: 'Decode',
  present: 'Present',
}

/** The latency as one bar, cut into its parts, and a table of them. */
export class LatencyBar {
  readonly root = html('div', { hidden: '' })
  readonly #parts = Object.entries(LABELS).map(([key, label]) => {
    const name = key as keyof LatencyParts
    const text = html('dd')
    const term = html('dt', { class: `part-${name}` }, label)
    return { name, label, slice: html('i', { class: `part-${name}`, title: label }), term, text }
  })

  constructor() {
    const bar = html('div', { class: 'split', 'aria-hidden': 'true' })
    const legend = html('dl', { class: 'legend', 'aria-label': 'Parts of the latency' })
    for (const { slice, term, text } of this.#parts) {
      bar.append(slice)
      legend.append(term, text)
    }
    this.root.append(bar, legend)
  }

  update(parts: LatencyParts | undefined): void {
    this.root.hidden = parts === undefined
    if (!parts) return
    const all = Object.values(parts).reduce((sum: number, part: number | undefined) => sum + (part ?? 0), 0)
    for (const { name, label, slice, term, text } of this.#parts) {
      const part = parts[name]
      // A server that does not tell its part of it: what is known is when the frame was here.
      term.hidden = text.hidden = part === undefined
      if (name === 'network') setText(term, parts.encode === undefined ? 'Until here' : label)
      slice.style.width = `${all > 0 ? ((part ?? 0) / all) * 100 : 0}%`
      setText(text, formatMs(part, true))
    }
  }
}
