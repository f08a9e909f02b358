/** Requests answered, by class of route and status: a few dozen pairs, whatever is asked. */
export class RequestCounts {
  readonly #counts = new Map<string, { readonly route: string; readonly status: number; count: number }>()

  add(route: string, status: number): void {
    const key = `${route} ${status}`
    const entry = this.#counts.get(key)
    if (entry) entry.count++
    else this.#counts.set(key, { route, status, count: 1 })
  }

  read(): { readonly route: string; readonly status: number; readonly count: number }[] {
    return [...this.#counts.values()]
  }
}
