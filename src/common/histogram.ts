/** What a histogram has counted, at one moment. */
export interface HistogramCounts {
  /** Upper bounds of the buckets, rising; the last bucket has none. */
  readonly bounds: readonly number[]
  /** Values in each bucket, one more than there are bounds. */
  readonly counts: readonly number[]
  readonly sum: number
}

/** Counts values by size. Costs an addition for each, so that it can run where frames and packets do. */
export class Histogram {
  readonly #bounds: readonly number[]
  readonly #counts: number[]
  #sum = 0

  /** @param bounds rising */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds
    this.#counts = new Array<number>(bounds.length + 1).fill(0)
  }

  add(value: number): void {
    let bucket = 0
    while (bucket < this.#bounds.length && value > (this.#bounds[bucket] as number)) bucket++
    this.#counts[bucket] = (this.#counts[bucket] as number) + 1
    this.#sum += value
  }

  read(): HistogramCounts {
    return { bounds: this.#bounds, counts: [...this.#counts], sum: this.#sum }
  }
}
