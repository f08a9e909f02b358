const SIGNALS = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const

/** What is to be done first when the process is asked to end in its own time (`kill`, a container that stops). */
export type BeforeEnd = (work: () => Promise<void>) => void

/**
 * Runs `work` until it ends by itself or the process is asked to stop (Ctrl-C, `kill`, a closed
 * terminal). The first request aborts the signal and lets the work end in its own order; the second
 * one quits at once, for when that order hangs. SIGTERM waits for what `work` wants done before.
 */
export async function untilStopped(
  work: (signal: AbortSignal, beforeEnd: BeforeEnd) => Promise<void>,
  onStop: (signal: string) => void,
): Promise<void> {
  const controller = new AbortController()
  let before: (() => Promise<void>) | undefined
  let isStopping = false
  const stop = (name: NodeJS.Signals) => {
    if (isStopping) process.exit(128 + SIGNALS[name as keyof typeof SIGNALS])
    isStopping = true
    onStop(name)
    if (name !== 'SIGTERM' || !before) return controller.abort()
    // Whether it can be done or not, the end has been asked for.
    before()
      .catch(() => {})
      .finally(() => controller.abort())
  }
  for (const name of Object.keys(SIGNALS)) process.on(name, stop)
  try {
    await work(controller.signal, (wanted) => {
      before = wanted
    })
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
