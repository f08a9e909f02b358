import type { ControlState } from '../common/channel-protocol.js'

/**
 * What a viewer was told, and what it wished, may have crossed when both are within this time, ms: the older value
 * would stay on its screen, so it hears what came of its wish.
 */
const CROSSING_TIME = 2_000

interface Entry<V> {
  state: ControlState
  revision: number
  /** When it was told last, and who was left out. */
  told: { readonly at: number; readonly except: V | undefined }
  /** When that one was told last. */
  toldThat: number
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
  readonly #untold = new Map<string, V | undefined>()

  get states(): ControlState[] {
    return [...this.#entries.values()].map(({ state }) => state)
  }

  add(state: ControlState, revision: number): void {
    const never = Number.NEGATIVE_INFINITY
    this.#entries.set(state.name, {
      state,
      revision,
      told: { at: never, except: undefined },
      toldThat: never,
    })
  }

  remove(name: string): void {
    this.#entries.delete(name)
    this.#untold.delete(name)
  }

  /** The application sets one; everybody is told. */
  set(name: string, value: number, revision: number): void {
    const entry = this.#entries.get(name)
    if (!entry) return
    entry.revision = revision
    this.#change(entry, value, undefined)
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
    const told = entry.told.except === by ? entry.toldThat : entry.told.at
    const hasToHear = isCorrected || now - told <= CROSSING_TIME
    if (value !== entry.state.value || isCorrected) this.#change(entry, value, hasToHear ? undefined : by)
  }

  /** What is to be told, at once. */
  takeNews(now: number): ControlNews<V>[] {
    const news = [...this.#untold].flatMap(([name, except]) => {
      const entry = this.#entries.get(name)
      if (!entry) return []
      if (entry.told.except !== except) entry.toldThat = entry.told.at
      entry.told = { at: now, except }
      return [{ name, value: entry.state.value, except }]
    })
    this.#untold.clear()
    return news
  }

  /** All controls with their values, to be told to everybody at once. */
  takeAll(now: number): ControlState[] {
    this.#untold.clear()
    this.markTold(now)
    return this.states
  }

  /** Somebody is told all of them. */
  markTold(now: number): void {
    for (const entry of this.#entries.values()) entry.told = { at: now, except: undefined }
  }

  /** How many controls there is something to tell of. */
  get news(): number {
    return this.#untold.size
  }

  #change(entry: Entry<V>, value: number, knows: V | undefined): void {
    const { name } = entry.state
    const isFirst = !this.#untold.has(name)
    this.#untold.set(name, isFirst || this.#untold.get(name) === knows ? knows : undefined)
    entry.state = { ...entry.state, value }
  }
}
