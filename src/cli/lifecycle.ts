const SIGNALS = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const

/**
 * Runs `work` until it ends by itself or the process is asked to stop (Ctrl-C, `kill`, a closed
 * terminal). The first request aborts the signal and lets the work end in its own order; the second
 * one quits at once, for when that order hangs.
 */
export async function untilStopped(
  work: (signal: AbortSignal) => Promise<void>,
  onStop: (signal: string) => void,
): Promise<void> {
  const controller = new AbortController()
  const stop = (name: NodeJS.Signals) => {
    if (controller.signal.aborted) process.exit(128 + SIGNALS[name as keyof typeof SIGNALS])
    onStop(name)
    controller.abort()
  }
  for (const name of Object.keys(SIGNALS)) process.on(name, stop)
  try {
    await work(controller.signal)
  } finally {
    for (const name of Object.keys(SIGNALS)) process.off(name, stop)
  }
}

/** Resolves when the signal is aborted, at once when it already is. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
