import { checkOption, OptionError, show } from '../common/errors.js'
import type { ImageTrack } from '../track/index.js'

/** The tracks of a server as the application knows them, by name and by a key that is never used again. */
export class ServerTracks {
  readonly #named = new Map<string, ImageTrack>()
  /** By key, until the engine has nothing more to say of them: a new track may have the name by then. */
  readonly #known = new Map<number, ImageTrack>()
  #nextKey = 1

  /** @param most at a time */
  constructor(private readonly most: number) {}

  /** In the order in which they were added. */
  get list(): readonly ImageTrack[] {
    return [...this.#named.values()]
  }

  /** With their keys, those included that were removed a moment ago. */
  get known(): ReadonlyMap<number, ImageTrack> {
    return this.#known
  }

  get(name: string): ImageTrack | undefined {
    return this.#named.get(name)
  }

  /**
   * @returns its key
   * @throws OptionError when it cannot be added
   */
  add(track: ImageTrack): number {
    const { name } = track
    if (this.#named.has(name))
      throw new OptionError({ field: 'track name', expected: 'one that is not taken', actual: show(name) })
    checkOption(
      this.#named.size < this.most,
      'limits.tracks',
      `at most ${this.most} tracks on the server (raise it to allow more)`,
      this.most + 1,
    )
    if (track.attached || track.closed) {
      throw new OptionError({
        field: 'track',
        expected: 'one that is open and not on a server',
        actual: track.closed ? 'a closed one' : 'one that is on a server',
      })
    }
    const key = this.#nextKey++
    this.#named.set(name, track)
    this.#known.set(key, track)
    return key
  }

  /** Its name can be had by another one; events of its key still reach it. */
  remove(name: string): void {
    this.#named.delete(name)
  }

  /** Nothing more is said of it. */
  forget(key: number): void {
    this.#known.delete(key)
  }

  clear(): void {
    this.#named.clear()
    this.#known.clear()
  }
}
