/** Entries of one kind that are let through in a row … */
const BURST = 20
/** … and then one in this time, ms. */
const REFILL_MS = 1_000
/** Kinds that are told apart; more share one place. */
const MOST_KINDS = 200

interface Bucket {
  tokens: number
  at: number
  held: number
}

/** Lets entries of the log through, of each kind only so many: a flood is counted, and does not flood the log. Pure. */
export class FloodGate {
  readonly #buckets = new Map<string, Bucket>()

  /**
   * @param now ms
   * @returns how many of its kind were held back since the last one; undefined when this one is held back, too
   */
  pass(kind: string, now: number): number | undefined {
    const bucket = this.#bucket(kind, now)
    this.#refill(bucket, now)
    if (bucket.tokens < 1) {
      bucket.held++
      return undefined
    }
    bucket.tokens--
    const { held } = bucket
    bucket.held = 0
    return held
  }

  /** Kinds of which some are held back and one could pass now, with their number; they count as told. */
  take(now: number): { readonly kind: string; readonly held: number }[] {
    const taken: { kind: string; held: number }[] = []
    for (const [kind, bucket] of this.#buckets) {
      this.#refill(bucket, now)
      if (bucket.held === 0 || bucket.tokens < 1) continue
      taken.push({ kind, held: bucket.held })
      bucket.held = 0
    }
    return taken
  }

  #bucket(kind: string, now: number): Bucket {
    const name = this.#buckets.has(kind) || this.#buckets.size < MOST_KINDS ? kind : 'others'
    let bucket = this.#buckets.get(name)
    if (!bucket) {
      bucket = { tokens: BURST, at: now, held: 0 }
      this.#buckets.set(name, bucket)
    }
    return bucket
  }

  #refill(bucket: Bucket, now: number): void {
    const refills = Math.floor((now - bucket.at) / REFILL_MS)
    if (refills <= 0) return
    bucket.tokens = Math.min(BURST, bucket.tokens + refills)
    bucket.at += refills * REFILL_MS
  }
}
