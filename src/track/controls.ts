import type { ControlState } from '../common/channel-protocol.js'
import { checkKeys, checkOption, OptionError, show } from '../common/errors.js'
import type { TrackCommand } from './commands.js'
import type { ControlMoved } from './input.js'

/** A control to add to a track. */
export interface ControlOptions {
  /** Unique within the track, shown to people; 1 to 64 characters. */
  readonly name: string
  /** Least value, a whole number. Default 0. */
  readonly min?: number | undefined
  /** Greatest value, a whole number, not less than `min`. */
  readonly max: number
  /** Value at the start, from `min` to `max`. Default `min`. */
  readonly value?: number | undefined
}

/** More would not fit on a page, and each is told to every viewer that comes. */
const MOST_CONTROLS = 64
const LONGEST_NAME = 64

interface Entry extends ControlState {
  readonly revision: number
}

/**
 * The application's end of a track's controls. The engine's end (engine/controls.ts) decides between viewers;
 * what was set here wins over what a viewer did before it heard of it.
 */
export class Controls {
  readonly #entries = new Map<string, Entry>()
  #revision = 0

  constructor(private readonly tell: (command: TrackCommand) => void) {}

  get states(): ControlState[] {
    return [...this.#entries.values()].map(({ revision: _, ...state }) => state)
  }

  /** What an engine that knows nothing of them has to be told. */
  get commands(): TrackCommand[] {
    return [...this.#entries.values()].map(({ revision, ...control }) => ({
      do: 'add-control',
      control,
      revision,
    }))
  }

  /** @throws OptionError */
  add(options: ControlOptions): void {
    checkKeys(options, ['name', 'min', 'max', 'value'])
    const { name, min = 0, max, value = min } = options
    checkOption(isName(name), 'name', `1 to ${LONGEST_NAME} characters without control characters`, name)
    checkOption(!this.#entries.has(name), 'name', 'one that no other control of the track has', name)
    checkRange(min, max)
    checkOption(
      Number.isSafeInteger(value) && value >= min && value <= max,
      'value',
      `a whole number from ${min} to ${max}`,
      value,
    )
    checkOption(
      this.#entries.size < MOST_CONTROLS,
      'name',
      `at most ${MOST_CONTROLS} controls on a track`,
      name,
    )
    const revision = ++this.#revision
    const control = { name, min, max, value }
    this.#entries.set(name, { ...control, revision })
    this.tell({ do: 'add-control', control, revision })
  }

  /** @throws OptionError when there is none of that name */
  get(name: string): number {
    return this.#entry(name).value
  }

  /**
   * @returns the value that it has now: rounded, and held to its range
   * @throws OptionError
   */
  set(name: string, value: number): number {
    const entry = this.#entry(name)
    checkOption(typeof value === 'number' && !Number.isNaN(value), 'value', 'a number', value)
    const revision = ++this.#revision
    const now = Math.min(entry.max, Math.max(entry.min, Math.round(value)))
    this.#entries.set(name, { ...entry, value: now, revision })
    this.tell({ do: 'set-control', name, value: now, revision })
    return now
  }

  /**
   * Changes what it goes from and to; it keeps its place among the others.
   *
   * @returns the value that it has now, held to that
   * @throws OptionError
   */
  setRange(name: string, min: number, max: number): number {
    const { value } = this.#entry(name)
    checkRange(min, max)
    const control = { name, min, max, value: Math.min(max, Math.max(min, value)) }
    const revision = ++this.#revision
    this.#entries.set(name, { ...control, revision })
    // To the engine one that is there is the same as a new one.
    this.tell({ do: 'add-control', control, revision })
    return control.value
  }

  /** @returns whether there was one */
  remove(name: string): boolean {
    const existed = this.#entries.delete(name)
    if (existed) this.tell({ do: 'remove-control', name })
    return existed
  }

  /** A viewer moved one. If the application has set it meanwhile, that is the later word, here as in the engine. */
  follow({ name, value, revision }: ControlMoved): void {
    const entry = this.#entries.get(name)
    if (entry?.revision === revision) this.#entries.set(name, { ...entry, value })
  }

  #entry(name: string): Entry {
    const entry = this.#entries.get(name)
    if (entry) return entry
    throw new OptionError({
      field: 'name',
      expected: `the name of a control of the track${[...this.#entries.keys()].map((known, i) => `${i === 0 ? ': ' : ', '}${show(known)}`).join('')}`,
      actual: show(name),
    })
  }
}

/** @throws OptionError */
function checkRange(min: number, max: number): void {
  checkOption(Number.isSafeInteger(min), 'min', 'a whole number', min)
  checkOption(Number.isSafeInteger(max) && max >= min, 'max', `a whole number, at least ${min}`, max)
}

function isName(name: unknown): boolean {
  return typeof name === 'string' && name.length >= 1 && name.length <= LONGEST_NAME && !/\p{Cc}/u.test(name)
}
