/** Who of a track's viewers may control, by the track's rule. Pure. */
export class Rights<V> {
  /** In order of arrival, with what was decided for one of them by itself. */
  readonly #rulings = new Map<V, boolean | undefined>()

  constructor(private readonly rule: 'nobody' | 'anyone' | 'first' | 'token') {}

  /** @param ruling that it may, or may not, whatever the rule says */
  join(viewer: V, ruling: boolean | undefined): void {
    this.#rulings.set(viewer, ruling)
  }

  /** @returns who has got the right by it */
  leave(viewer: V): V | undefined {
    const first = this.#first
    this.#rulings.delete(viewer)
    return first === viewer ? this.#first : undefined
  }

  has(viewer: V): boolean {
    if (!this.#rulings.has(viewer)) return false
    const ruling = this.#rulings.get(viewer)
    if (ruling !== undefined) return ruling
    return this.rule === 'anyone' || viewer === this.#first
  }

  get holders(): V[] {
    return [...this.#rulings.keys()].filter((viewer) => this.has(viewer))
  }

  /** Whose turn it is. */
  get #first(): V | undefined {
    if (this.rule !== 'first') return undefined
    for (const [viewer, ruling] of this.#rulings) if (ruling === undefined) return viewer
    return undefined
  }
}
