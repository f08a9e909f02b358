import type { InputMessage } from '../track/index.js'

/** What a viewer did, or that it is gone, on the way to the application. */
export type ViewerInput =
  | { readonly viewer: string; readonly message: InputMessage }
  | { readonly viewer: string; readonly gone: string }

/** What may wait of one viewer. A person does not get there in ten seconds. */
const MOST_OF_ONE = 512
/** … and of all together, some 15 MB. */
const MOST_OF_ALL = 65_536
/** Ms between two batches. What comes alone goes at once. */
const INTERVAL = 4

interface Entry {
  input: ViewerInput
}

/**
 * Input of all viewers, in order, on the way to the application's thread: in batches, of which one is on its
 * way at a time. While the application is busy with that, what can be joined to what waits is joined: of a
 * viewer's moves that follow one another the last one stays. Pure; times in ms.
 */
export class InputQueue {
  #waiting = new Set<Entry>()
  /** By viewer, in order. */
  readonly #ofViewers = new Map<string, Entry[]>()
  #isUnanswered = false
  #sentAt = Number.NEGATIVE_INFINITY

  /** @param onExcess there was no more room for others because of this viewer: nothing of it is to come any more */
  constructor(private readonly onExcess: (viewer: string) => void = () => {}) {}

  /**
   * An answer to the question for a rectangle is taken always: there is one to a question, and the application
   * waits for it.
   *
   * @returns false when too much of this viewer waits; it was not taken then
   */
  push(viewer: string, message: InputMessage): boolean {
    const own = this.#ofViewers.get(viewer) ?? []
    const last = own.at(-1)
    const joined = this.#isUnanswered && last && 'message' in last.input && join(last.input.message, message)
    if (joined) {
      last.input = { viewer, message: joined }
      // Of the values that several viewers give to a control the last one counts: it has to come last.
      if (joined.t === 'control') this.#moveToEnd(last)
      return true
    }
    if (message.t !== 'selected' && !this.#makeRoom(own)) return false
    this.#add(own, { viewer, message })
    return true
  }

  /** A viewer is gone. What it did before is told before. @returns false when nothing of it waits, and it can be told at once */
  leave(viewer: string, reason: string): boolean {
    const own = this.#ofViewers.get(viewer)
    if (!own) return false
    this.#add(own, { viewer, gone: reason })
    return true
  }

  /** When the next batch is due; undefined: nothing waits, or the application is busy with the last one. */
  dueAt(): number | undefined {
    return this.#isUnanswered || this.#waiting.size === 0 ? undefined : this.#sentAt + INTERVAL
  }

  /** The batch that is due. The next one is not before `answered`. */
  take(now: number): ViewerInput[] {
    const batch = [...this.#waiting].map(({ input }) => input)
    this.#waiting = new Set()
    this.#ofViewers.clear()
    this.#isUnanswered = true
    this.#sentAt = now
    return batch
  }

  /** The application has dealt with the last batch. */
  answered(): void {
    this.#isUnanswered = false
  }

  get size(): number {
    return this.#waiting.size
  }

  #add(own: Entry[], input: ViewerInput): void {
    const entry = { input }
    own.push(entry)
    this.#ofViewers.set(input.viewer, own)
    this.#waiting.add(entry)
  }

  #moveToEnd(entry: Entry): void {
    this.#waiting.delete(entry)
    this.#waiting.add(entry)
  }

  /** @returns false when there is no room for one more of the viewer whose these are */
  #makeRoom(own: Entry[]): boolean {
    const isFull = own.length >= MOST_OF_ONE || this.#waiting.size >= MOST_OF_ALL
    if (!isFull || this.#dropMove(own)) return true
    return own.length < MOST_OF_ONE && this.#throwOut(own.length)
  }

  /**
   * Takes the room of the viewer that has most, if that is more than so many.
   *
   * @returns whether there is room now
   */
  #throwOut(more: number): boolean {
    let viewer: string | undefined
    let most: Entry[] = []
    for (const [id, entries] of this.#ofViewers)
      if (entries.length > Math.max(more, most.length)) [viewer, most] = [id, entries]
    if (viewer === undefined) return false
    const kept = essence(most)
    for (const entry of most) if (!kept.has(entry)) this.#waiting.delete(entry)
    if (kept.size > 0) this.#ofViewers.set(viewer, [...kept])
    else this.#ofViewers.delete(viewer)
    this.onExcess(viewer)
    return this.#waiting.size < MOST_OF_ALL
  }

  /** The oldest move of a viewer; what it pressed and released stays. */
  #dropMove(own: Entry[]): boolean {
    const at = own.findIndex(
      ({ input }) => 'message' in input && input.message.t === 'pointer' && input.message.type === 'move',
    )
    const [entry] = at < 0 ? [] : own.splice(at, 1)
    return entry !== undefined && this.#waiting.delete(entry)
  }
}

/** What may not be lost whoever did it, because the engine acts on it already: last values, answers, its leaving. */
function essence(entries: readonly Entry[]): Set<Entry> {
  const values = new Map<string, Entry>()
  const kept: Entry[] = []
  for (const entry of entries) {
    const { input } = entry
    if ('gone' in input || input.message.t === 'selected') kept.push(entry)
    else if (input.message.t === 'control') values.set(input.message.name, entry)
  }
  return new Set([...values.values(), ...kept])
}

/** One message instead of two that follow one another, where nothing of use is lost by it. */
function join(older: InputMessage, newer: InputMessage): InputMessage | undefined {
  if (older.t === 'pointer' && newer.t === 'pointer') {
    const isSame =
      older.id === newer.id &&
      older.kind === newer.kind &&
      older.buttons === newer.buttons &&
      older.mods === newer.mods
    return isSame && older.type === 'move' && newer.type === 'move' ? newer : undefined
  }
  if (older.t === 'wheel' && newer.t === 'wheel') {
    if (older.buttons !== newer.buttons || older.mods !== newer.mods) return undefined
    const turns = (older.turns ?? 1) + (newer.turns ?? 1)
    return { ...newer, dx: older.dx + newer.dx, dy: older.dy + newer.dy, turns }
  }
  if (older.t === 'control' && newer.t === 'control')
    return older.name === newer.name && older.revision === newer.revision ? newer : undefined
  if (older.t === 'key' && newer.t === 'key') {
    const isRepeated = newer.repeat && newer.type === 'down' && older.type === 'down'
    return isRepeated && older.code === newer.code && older.key === newer.key && older.mods === newer.mods
      ? older
      : undefined
  }
  return undefined
}
