import { setTimeout as sleep } from 'node:timers/promises'
import { monotonicNow } from '../common/clock.js'
import type { PlayerClock } from './player.js'

/** setTimeout counts in 32 bits; a longer one would fire at once. */
const MAX_SLEEP = 2 ** 31 - 1

/** The machine's own clock. */
export const systemClock: PlayerClock = {
  now: monotonicNow,
  async sleepUntil(time, signal) {
    for (;;) {
      const left = time - monotonicNow()
      if (left <= 0 || signal.aborted) return
      // rejects when aborted, which is only another way of waking up
      await sleep(Math.min(left, MAX_SLEEP), undefined, { signal }).catch(() => undefined)
    }
  },
}
