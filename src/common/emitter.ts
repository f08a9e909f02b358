import { OptionError, show } from './errors.js'

type Listener<A extends unknown[]> = (...args: A) => void

/**
 * A typed event emitter whose listeners cannot break the emitter: an exception in one listener is
 * reported as an uncaught exception on a later turn, and the others still run.
 * `Events` maps an event's name to the tuple of its arguments.
 */
export class Emitter<Events extends { [K in keyof Events]: unknown[] }> {
  readonly #listeners = new Map<keyof Events, Set<Listener<never>>>()

  /** Adds a listener; returns a function that removes it. */
  on<K extends keyof Events>(event: K, listener: Listener<Events[K]>): () => void {
    if (typeof listener !== 'function')
      throw new OptionError({ field: 'listener', expected: 'a function', actual: show(listener) })
    let set = this.#listeners.get(event)
    if (!set) {
      set = new Set()
      this.#listeners.set(event, set)
    }
    set.add(listener as Listener<never>)
    return () => this.off(event, listener)
  }

  /** Adds a listener that is removed before its first call. */
  once<K extends keyof Events>(event: K, listener: Listener<Events[K]>): () => void {
    const remove = this.on(event, (...args: Events[K]) => {
      remove()
      listener(...args)
    })
    return remove
  }

  /** Removes a listener. Does nothing when it was not added. */
  off<K extends keyof Events>(event: K, listener: Listener<Events[K]>): void {
    this.#listeners.get(event)?.delete(listener as Listener<never>)
  }

  /** How many listeners an event has. */
  listenerCount(event: keyof Events): number {
    return this.#listeners.get(event)?.size ?? 0
  }

  /** Calls the listeners; true when there was at least one. Never throws. */
  protected emit<K extends keyof Events>(event: K, ...args: Events[K]): boolean {
    const set = this.#listeners.get(event)
    if (!set || set.size === 0) return false
    for (const listener of [...set]) {
      try {
        ;(listener as Listener<Events[K]>)(...args)
      } catch (error) {
        queueMicrotask(() => {
          throw error
        })
      }
    }
    return true
  }
}
