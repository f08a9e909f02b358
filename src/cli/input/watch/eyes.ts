import { type FSWatcher, watch } from 'node:fs'
import { basename } from 'node:path'

/** Hears from the system what changes in a folder, also when the folder is removed and made again. */
export class Eyes {
  /** Something changed that has no name, or the folder itself: all of it has to be looked at. */
  lookAgain = false
  readonly #folder: string
  readonly #onChange: (name: string) => void
  #watcher: FSWatcher | undefined
  #identity: string | undefined
  #isGone = false
  #isBlind = false

  constructor(folder: string, onChange: (name: string) => void) {
    this.#folder = folder
    this.#onChange = onChange
  }

  /**
   * Watches the folder that is there now. Gives what a person should know of it.
   *
   * @param identity tells one folder of that name from the next; undefined when there is none
   * @param rescan how often (ms) the folder is read in any case
   */
  follow(identity: string | undefined, rescan: number): string | undefined {
    if (identity === undefined) {
      if (this.#isGone) return undefined
      this.#isGone = true
      this.#identity = undefined
      this.close()
      return 'the folder is gone; its last image stays until there is one again'
    }
    const isBack = this.#isGone
    this.#isGone = false
    if (identity === this.#identity) return undefined
    this.#identity = identity
    this.close()
    return this.#watch(rescan) ?? (isBack ? 'the folder is back' : undefined)
  }

  close(): void {
    this.#watcher?.close()
    this.#watcher = undefined
  }

  #watch(rescan: number): string | undefined {
    try {
      this.#watcher = watch(this.#folder, (_, name) => {
        // so does the system call the folder itself
        if (name === null || name === basename(this.#folder)) this.lookAgain = true
        this.#onChange(name ?? '')
      })
      this.#watcher.on('error', () => {
        this.lookAgain = true
      })
      return undefined
    } catch (error) {
      if (this.#isBlind) return undefined
      this.#isBlind = true
      const reason = error instanceof Error ? error.message : String(error)
      return `the system gives no notice of changes (${reason}); looking every ${rescan / 1000} s`
    }
  }
}
