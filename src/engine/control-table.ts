import type { ControlState } from '../common/channel-protocol.js'

/**
 * When two change a control within this time, ms, each of them hears what came of it: what one was told of the
 * other may have crossed its own message, and would stay on its screen.
 */
const CROSSING_TIME = 2_000

interface Entry<V> {
  state: ControlState
  revision: number
  /** Who changed it last, undefined for the application, and when. */
  by: V | undefined
  at: number
}

/** The value of a control, and whom not to tell because it knows. */
export interface ControlNews<V> {
  readonly name: string
  readonly value: number
  readonly except: V | undefined
}

/** The engine's end of a track's controls: what decides between viewers. Pure; times in ms. */
export class ControlTable<V> {
  readonly #entries = new Map<string, Entry<V>>()
  /** What is to be told, by name, with whom not to tell. */
  readonly #news = new Map<string, V | undefined>()

  get states(): ControlState[] {
    return [...this.#entries.values()].map(({ state }) => state)
  }

  add(state: ControlState, revision: number): void {
    this.#entries.set(state.name, { state, revision, by: undefined, at: Number.NEGATIVE_INFINITY })
  }

  remove(name: string): void {
    this.#entries.delete(name)
    this.#news.delete(name)
  }

  /** The application sets one; everybody is told. */
  set(name: string, value: number, revision: number, now: number): void {
    const entry = this.#entries.get(name)
    if (!entry) return
    entry.revision = revision
    this.#change(entry, value, undefined, now)
  }

  /** What a viewer's wish would make of a control: a whole number in its range. Undefined: there is none. */
  check(name: string, wish: number): { value: number; revision: number; changes: boolean } | undefined {
    const entry = this.#entries.get(name)
    if (!entry) return undefined
    const { min, max } = entry.state
    const value = Math.min(max, Math.max(min, Math.round(wish)))
    return { value, revision: entry.revision, changes: value !== entry.state.value }
  }

  /** @param isCorrected the viewer did not get what it wished, and has to be told, too */
  move(name: string, value: number, by: V, isCorrected: boolean, now: number): void {
    const entry = this.#entries.get(name)
    if (!entry) return
    if (value !== entry.state.value) this.#change(entry, value, by, now)
    if (isCorrected) this.#news.set(name, undefined)
  }

  /** What is to be told, once. */
  takeNews(): ControlNews<V>[] {
    const news = [...this.#news].flatMap(([name, except]) => {
      const entry = this.#entries.get(name)
      return entry ? [{ name, value: entry.state.value, except }] : []
    })
    this.#news.clear()
    return news
  }

  get hasNews(): boolean {
    return this.#news.size > 0
  }

  #change(entry: Entry<V>, value: number, by: V | undefined, now: number): void {
    const { name } = entry.state
    const isAlone = entry.by === by || now - entry.at > CROSSING_TIME
    const knew = this.#news.has(name) ? this.#news.get(name) : by
    this.#news.set(name, isAlone && knew === by ? by : undefined)
    entry.state = { ...entry.state, value }
    entry.by = by
    entry.at = now
  }
}
