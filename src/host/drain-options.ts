import { checkKeys } from '../common/errors.js'
import type { DrainOptions as EngineDrainOptions } from '../engine/drain.js'
import { check, isWhole } from './checks.js'

/** How a server is emptied; both may be left out. */
export interface DrainOptions {
  /** Longest time that viewers have to leave, 0…3,600,000 ms. Default 5,000. */
  readonly timeout?: number | undefined
  /** What is said to those who come meanwhile (`Retry-After`), 1…3,600 s. Default 1. */
  readonly retryAfter?: number | undefined
}

/** @throws OptionError naming the option */
export function checkDrainOptions(options: DrainOptions = {}): EngineDrainOptions {
  checkKeys(options, ['timeout', 'retryAfter'])
  const { timeout = 5_000, retryAfter = 1 } = options
  check(isWhole(timeout, 0, 3_600_000), 'timeout', 'a whole number of ms from 0 to 3600000', timeout)
  check(isWhole(retryAfter, 1, 3_600), 'retryAfter', 'a whole number of seconds from 1 to 3600', retryAfter)
  return { timeout, retryAfter }
}
