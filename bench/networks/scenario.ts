import type { Numbers } from '../bench.js'
import type { Lab } from './lab.js'

/** A number of a scenario: how it is shown, and how good it has to be. */
export interface Row {
  readonly key: string
  readonly what: string
  readonly unit: string
  /** Digits after the point. */
  readonly digits: number
  /** Without: shown, but nothing is asked of it. */
  readonly limit?: number
  /** `most`: not above the limit (default); `least`: not below it; `below`: less than it; `exactly`: it. */
  readonly kind?: 'most' | 'least' | 'below' | 'exactly'
}

/** Conditions, media, run, what is measured. */
export interface Scenario {
  readonly name: string
  /** The conditions in a few words, for the table. */
  readonly title: string
  /** What is shown to whom, and for how long. */
  readonly about: string
  /** The first is what matters most. */
  readonly rows: readonly Row[]
  /** Only with `--long`. */
  readonly long?: true
  run(lab: Lab): Promise<Numbers | { readonly skipped: string }>
}

/** What a viewer who saw nothing is worth. */
export const NOTHING = { skipped: 'nothing painted within 15 s' } as const

const MS = { unit: 'ms', digits: 0 } as const
export const P50: Row = { key: 'p50', what: 'glass to glass, p50', ...MS }
export const P95: Row = { key: 'p95', what: 'glass to glass, p95', ...MS }
export const FPS: Row = { key: 'fps', what: 'new images a second', unit: '', digits: 1 }
export const FREEZE: Row = { key: 'freeze', what: 'longest freeze', ...MS }
export const RATE: Row = { key: 'rate', what: 'delivered', unit: 'Mbit/s', digits: 2 }

export const most = (row: Row, limit: number): Row => ({ ...row, limit, kind: 'most' })
export const least = (row: Row, limit: number): Row => ({ ...row, limit, kind: 'least' })
