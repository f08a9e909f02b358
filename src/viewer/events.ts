type Listener<A> = (event: A) => void

/**
 * The viewer's event emitter: one argument an event, and a listener that throws is reported as the
 * browser reports any script error, while the others still run.
 */
export class Events<M extends object> {
  readonly #listeners = new Map<keyof M, Set<Listener<never>>>()

  /** Adds a listener; returns a function that removes it. */
  on<K extends keyof M>(type: K, listener: Listener<M[K]>): () => void {
    let set = this.#listeners.get(type)
    if (!set) {
      set = new Set()
      this.#listeners.set(type, set)
    }
    set.add(listener as Listener<never>)
    return () => this.off(type, listener)
  }

  /** Removes a listener. Does nothing when it was not added. */
  off<K extends keyof M>(type: K, listener: Listener<M[K]>): void {
    this.#listeners.get(type)?.delete(listener as Listener<never>)
  }

  protected emit<K extends keyof M>(type: K, event: M[K]): void {
    for (const listener of [...(this.#listeners.get(type) ?? [])]) {
      try {
        ;(listener as Listener<M[K]>)(event)
      } catch (error) {
        queueMicrotask(() => {
          throw error
        })
      }
    }
  }
}
