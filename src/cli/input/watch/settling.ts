import type { SeenFile } from './list-images.js'

/** A file that did not change for so long (ms) is probably written to its end, if its format cannot tell. */
const QUIET = 200
/** One that did not change for so long (ms) and still is no image will not become one. */
const STILL = 2000

/**
 * `known`: was shown or passed over as it is. `changing`: may still be written. `quiet`: nobody has written
 * for a while. `still`: nobody has for so long that it is as it is.
 */
export type FileState = 'known' | 'changing' | 'quiet' | 'still'

type Looked = Pick<SeenFile, 'name' | 'stamp'> & Partial<Pick<SeenFile, 'changed'>>

/** Known, whatever it looks like when it is looked at next. */
const AS_IT_IS = '*'

interface Pending {
  stamp: string
  /** As what it was tried to be shown, with that stamp. */
  tried?: FileState
  /** When it was first seen with that stamp. */
  since: number
  /** When it was written, by the file system. */
  changed?: number
  /** Place in the order of changes. */
  readonly order: number
}

/** Keeps account of which files changed, in which order, and since when they have not. */
export class Settling {
  /** The stamps of files that are done with. */
  readonly #known = new Map<string, string>()
  readonly #pending = new Map<string, Pending>()
  #order = 0

  /** Nothing waits to be shown. */
  get isEmpty(): boolean {
    return this.#pending.size === 0
  }

  /** The system says that something happened to a file. */
  touch(name: string): void {
    const { stamp = '', since = 0 } = this.#pending.get(name) ?? {}
    this.#pending.set(name, { stamp, since, order: ++this.#order })
    // something new may be in it
    if (this.#known.get(name) === AS_IT_IS) this.#known.delete(name)
  }

  /** A file was looked at. */
  see({ name, stamp, changed = 0 }: Looked, now = 0): FileState {
    const known = this.#known.get(name)
    const pending = this.#pending.get(name)
    if (known === stamp || (known === AS_IT_IS && !pending)) {
      this.passOver({ name, stamp })
      return 'known'
    }
    if (!pending) {
      this.#pending.set(name, { stamp, since: now, changed, order: ++this.#order })
      return 'changing'
    }
    pending.changed = changed
    if (pending.stamp !== stamp || pending.since === 0) {
      pending.stamp = stamp
      pending.since = now
      delete pending.tried
      return 'changing'
    }
    const quiet = now - pending.since
    return quiet >= STILL ? 'still' : quiet >= QUIET ? 'quiet' : 'changing'
  }

  /** Whether reading a file in that state could tell something new; once for each state. */
  isWorthReading(name: string, state: FileState): boolean {
    const pending = this.#pending.get(name)
    if (!pending || pending.tried === state) return false
    pending.tried = state
    return true
  }

  /** The files that wait, the last one that changed first. */
  newestFirst(): string[] {
    return [...this.#pending].sort(([, a], [, b]) => b.order - a.order).map(([name]) => name)
  }

  /** A file was shown as it was seen: what changed before it is out of date. */
  shown(file: Looked): void {
    const order = this.#pending.get(file.name)?.order ?? 0
    this.passOver(file)
    for (const [name, pending] of this.#pending) {
      // The system's notices may come late: what was found in the folder before them, and is newer, has its turn still.
      if (pending.order >= order || (pending.changed ?? 0) > (file.changed ?? 0)) continue
      this.#known.set(name, pending.stamp || AS_IT_IS)
      this.#pending.delete(name)
    }
  }

  /** A file is not to be shown as it is. */
  passOver({ name, stamp }: Looked): void {
    this.#known.set(name, stamp)
    this.#pending.delete(name)
  }

  /** A file is gone. */
  forget(name: string): void {
    this.#pending.delete(name)
    this.#known.delete(name)
  }
}
