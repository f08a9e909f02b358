import { seeded } from '../support/random.js'

/** Seeded dice: what is made with them is the same whenever seed and index are. */
export class Chance {
  readonly next: () => number

  /** @param index of the input: each has its own sequence, so that one can be made without those before it */
  constructor(seed: number, index: number) {
    this.next = seeded(Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b))
    this.next()
  }

  /** A whole number, 0 to below `end`. */
  below(end: number): number {
    return Math.floor(this.next() * end)
  }

  oneIn(count: number): boolean {
    return this.next() * count < 1
  }

  pick<T>(from: readonly T[]): T {
    if (from.length === 0) throw new Error('nothing to pick from')
    return from[this.below(from.length)] as T
  }

  /** 1 and more; each further one half as likely. */
  few(): number {
    let count = 1
    while (this.next() < 0.5 && count < 8) count++
    return count
  }
}
