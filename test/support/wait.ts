/** Asks again and again until the answer is something other than `undefined` or `false`, or time is up. */
export async function until<T>(
  what: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
  deadline = 20_000,
): Promise<T> {
  const end = performance.now() + deadline
  let lastError: unknown
  for (;;) {
    try {
      const answer = await ask()
      if (answer !== undefined && answer !== false) return answer
      lastError = undefined
    } catch (error) {
      lastError = error
    }
    if (performance.now() > end)
      throw new Error(`waited ${deadline} ms in vain for: ${what}`, lastError ? { cause: lastError } : {})
    await pause(25)
  }
}

/** Time that must pass because the test is about time passing (an idle producer, a rate). Never a wait for something to happen. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

/** Calls `step(0)`, `step(1)`, … at a fixed rate, catching up when late, until the returned function is called. */
export function every(fps: number, step: (index: number) => void): () => void {
  const start = performance.now()
  let index = 0
  let timer: NodeJS.Timeout
  const tick = () => {
    step(index++)
    timer = setTimeout(tick, Math.max(0, start + (index * 1000) / fps - performance.now()))
  }
  timer = setTimeout(tick, 0)
  return () => clearTimeout(timer)
}
