import { launchChromium } from '../support/browser.js'
import { KilledEngine } from '../support/killed-engine.js'
import { pause } from '../support/wait.js'

const SIGNALS: readonly NodeJS.Signals[] = ['SIGKILL', 'SIGSEGV', 'SIGABRT']
const ROUNDS = 4
/** From the signal to the last viewer's picture, ms. */
const MOST_MS = 3_000

/** Prints a line for each kill; gives the exit code. */
export async function main(): Promise<number> {
  const browser = await launchChromium()
  let worst = 0
  try {
    // A supervisor of its own for each round: to a program that dies again and again it gives longer pauses.
    for (let round = 0; round < ROUNDS; round++) {
      const engine = await KilledEngine.start(browser)
      for (const signal of SIGNALS) {
        // Not always at the same moment between two pings.
        await pause(Math.random() * 600)
        const { page, headless } = await engine.kill(signal)
        const slowest = Math.max(page.live, page.still, ...headless)
        worst = Math.max(worst, slowest)
        const ms = (value: number) => `${Math.round(value)} ms`
        console.log(
          `${signal}: page with a moving track ${ms(page.live)}, with a still one ${ms(page.still)}, ` +
            `${headless.length} headless viewers ${ms(Math.min(...headless))} to ${ms(Math.max(...headless))}`,
        )
      }
      await engine.close()
    }
  } finally {
    await browser.close()
  }
  console.log(
    `${ROUNDS * SIGNALS.length} kills; the last picture was back after ${Math.round(worst)} ms at most`,
  )
  return worst <= MOST_MS ? 0 : 1
}
