import type { Input, InputImage } from './input/types.js'

/** Time as the player knows it; a test passes one of its own. */
export interface PlayerClock {
  /** Milliseconds, monotonic. */
  now(): number
  /** Resolves at `time`, or as soon as `signal` is aborted. */
  sleepUntil(time: number, signal: AbortSignal): Promise<void>
}

export interface PlayerEvents {
  /** An image was refused or could not be read; the next one follows. */
  onBadImage(error: unknown): void
  /** Playing fell behind by so many ms that it goes on from here, later than planned. */
  onBehind?(ms: number): void
}

export interface PlayResult {
  readonly shown: number
  /** Left out because their time had passed. */
  readonly skipped: number
  readonly bad: number
}

/** An image this late (ms) is left out: showing it would only delay the next. */
const LATE = 100
/** However late they are, one image is shown in each such time (ms), or a slow machine would show none at all. */
const MIN_PROGRESS = 250
/** Further behind than this (ms), e.g. after the machine slept, the plan is moved instead of chased. */
const GIVE_UP = 1000

/**
 * Shows every image of an input at its time. The clock leads: when reading or converting is too slow,
 * images are left out and the speed stays right. Ends with the input or when `signal` is aborted.
 */
export async function play(
  input: Input,
  show: (image: InputImage) => unknown,
  clock: PlayerClock,
  signal: AbortSignal,
  events: PlayerEvents,
): Promise<PlayResult> {
  const result = { shown: 0, skipped: 0, bad: 0 }
  let start: number | undefined
  let lastShown = Number.NEGATIVE_INFINITY
  for await (const { at, load } of input) {
    if (signal.aborted) break
    if (start !== undefined) {
      const late = clock.now() - (start + at)
      if (late > GIVE_UP) {
        events.onBehind?.(late)
        start += late
      } else if (late > LATE && clock.now() - lastShown < MIN_PROGRESS) {
        result.skipped++
        continue
      }
    }
    try {
      const image = await load()
      start ??= clock.now() - at
      await clock.sleepUntil(start + at, signal)
      if (signal.aborted) break
      show(image)
      result.shown++
    } catch (error) {
      result.bad++
      events.onBadImage(error)
    }
    lastShown = clock.now()
  }
  return result
}
