import { availableParallelism } from 'node:os'
import { monotonicNow } from '../common/clock.js'

/** The load is that of the last so many ms. */
const WINDOW = 3_000
const SLOT = 250
/** What a million pixels take to convert and encode when nothing is known, ms of one core: 720p converted in 1.4, encoded in 5 to 9 (measured). */
const TYPICAL_COST = 8
/** Pixels after which the machine's own cost is known. */
const LEAST_PIXELS = 10e6
/** FFmpeg's work runs on libuv's threads. */
const DEFAULT_POOL = 4

interface Slot {
  /** When it began, ms. */
  readonly start: number
  /** ms in which the machine was busy, by the share that was. */
  busy: number
  pixels: number
}

/** What there is to encode with. */
export interface EncodePower {
  readonly cores: number
  /** Threads on which FFmpeg can be called at the same time. */
  readonly threads: number
}

/**
 * How much of the machine conversion and encoding take. At any moment that is the share of the cores for which there
 * is work (or of libuv's threads, if that is more): work that waits its turn is not counted twice, and work that is
 * slow because others have the cores counts for as long as it takes.
 *
 * One for all encoders of an engine. Pure but for `during`; times in ms.
 */
export class EncodeLoad {
  readonly #slots: Slot[] = []
  #jobs = 0
  /** Cores that these jobs can use. */
  #wanted = 0
  #at: number | undefined

  constructor(
    private readonly power: EncodePower = {
      cores: availableParallelism(),
      threads: Number(process.env.UV_THREADPOOL_SIZE) || DEFAULT_POOL,
    },
  ) {}

  /**
   * Counts some work while it lasts.
   *
   * @param cores that it can use
   * @param pixels of the picture that it finishes; 0: it is only a part of the way
   */
  async during<T>(work: () => Promise<T>, { cores = 1, pixels = 0 } = {}): Promise<T> {
    this.begin(monotonicNow(), cores)
    try {
      return await work()
    } finally {
      this.end(monotonicNow(), cores, pixels)
    }
  }

  begin(now: number, cores = 1): void {
    this.#advance(now)
    this.#jobs++
    this.#wanted += cores
  }

  end(now: number, cores = 1, pixels = 0): void {
    this.#advance(now).pixels += pixels
    this.#jobs--
    this.#wanted -= cores
  }

  /** Share of the machine that was busy with it in the last three seconds, 0 to 1. */
  share(now: number): number {
    this.#advance(now)
    return Math.min(1, this.#sum(({ busy }) => busy) / WINDOW)
  }

  /** Share that encoding so many pixels more a second is likely to take, by what it takes now. */
  expected(pixelsPerSecond: number, now: number): number {
    this.#advance(now)
    const pixels = this.#sum((slot) => slot.pixels)
    const busy = this.#sum((slot) => slot.busy) * this.power.cores
    const cost = pixels < LEAST_PIXELS ? TYPICAL_COST : (busy / pixels) * 1e6
    return Math.min(1, ((pixelsPerSecond / 1e6) * cost) / 1_000 / this.power.cores)
  }

  #advance(now: number): Slot {
    const { cores, threads } = this.power
    const share = Math.min(1, Math.max(this.#wanted / cores, this.#jobs / threads))
    let last = this.#slots.at(-1)
    let at = Math.max(this.#at ?? now, now - WINDOW)
    this.#at = Math.max(now, this.#at ?? now)
    do {
      const start = Math.floor(at / SLOT) * SLOT
      if (!last || last.start < start) {
        last = { start, busy: 0, pixels: 0 }
        this.#slots.push(last)
      }
      const until = Math.min(now, start + SLOT)
      last.busy += share * Math.max(0, until - at)
      at = Math.max(at, until)
    } while (at < now)
    while (this.#slots[0] && this.#slots[0].start + SLOT <= now - WINDOW) this.#slots.shift()
    return last
  }

  #sum(of: (slot: Slot) => number): number {
    return this.#slots.reduce((sum, slot) => sum + of(slot), 0)
  }
}
