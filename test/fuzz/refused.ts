import { SignalingError } from '../../src/common/errors.js'

/** Undefined when it was refused as a stranger's mistake; anything else that is thrown goes on. */
export function refused<T>(run: () => T): T | undefined {
  try {
    return run()
  } catch (error) {
    if (error instanceof SignalingError && error.status >= 400 && error.status < 500) return undefined
    throw error
  }
}
