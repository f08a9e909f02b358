/**
 * Milliseconds on the machine's monotonic clock (CLOCK_MONOTONIC), the same in every thread of the
 * process. `performance.now()` is not: each worker counts from its own start.
 */
export function monotonicNow(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1e3 + nanoseconds / 1e6
}

/** Converts a wall-clock time (ms since the Unix epoch) to the monotonic clock. */
export function wallToMonotonic(wall: number): number {
  return wall - (performance.timeOrigin + performance.now()) + monotonicNow()
}
