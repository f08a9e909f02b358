// A program under `pixelcast supervise` that is killed again and again, and those who watch it.
import type { Browser, Page } from './browser.js'
import { CliProcess } from './cli-process.js'
import { freePort } from './engines/free-port.js'
import { type HeadlessReceiver, startHeadlessReceiver } from './headless-receiver/index.js'
import { viewerPagePixels } from './viewer-page.js'
import { until } from './wait.js'

export interface Recovery {
  /** From the signal until the page showed a picture of that second, of the track that moves and of the still, ms. */
  readonly page: { readonly live: number; readonly still: number }
  /** From the signal until each headless viewer got frames again, ms. */
  readonly headless: readonly number[]
}

/** A headless viewer, which comes back as a page does: when nothing has come for a while, it asks again. */
const SILENCE_MS = 500
const RETRY_MS = 250
const HEADLESS = 4
const TOKEN = 'of-those-who-watch'

export class KilledEngine {
  private constructor(
    private readonly supervisor: CliProcess,
    private readonly receiver: HeadlessReceiver,
    private readonly pages: { readonly live: Page; readonly still: Page },
    private readonly url: string,
  ) {}

  static async start(browser: Browser): Promise<KilledEngine> {
    const port = await freePort()
    const program = ['test/integration/programs/live.mjs', String(port), TOKEN]
    const supervisor = CliProcess.start('supervise', '--', process.execPath, ...program)
    const url = `http://127.0.0.1:${port}/`
    await until('the program', async () => (await fetch(new URL('healthz', url))).ok)
    const receiver = await startHeadlessReceiver()
    const pages = {
      live: await browser.open(new URL(`view/live#token=${TOKEN}`, url).href),
      still: await browser.open(new URL(`view/still#token=${TOKEN}`, url).href),
    }
    const engine = new KilledEngine(supervisor, receiver, pages, url)
    await Promise.all([engine.#seenLive(), engine.#seenStill()])
    // Loaded anew it has its cookie alone, which the next program has to know; the other one has the token still.
    await pages.still.reload()
    await engine.#seenStill()
    return engine
  }

  /** Kills the program, and resolves when everybody has pictures again. */
  async kill(signal: NodeJS.Signals): Promise<Recovery> {
    const viewers = await this.receiver.call('open', {
      url: new URL('whep/live', this.url).href,
      count: HEADLESS,
      codec: 'vp8',
      token: TOKEN,
    })
    await until('their frames', async () => {
      const stats = await this.receiver.call('stats')
      return viewers.every((viewer) => stats[viewer]!.frames > 5)
    })
    const started = this.#pids.length
    const pid = this.#pids.at(-1)!
    const at = performance.now()
    process.kill(pid, signal)
    const since = <T>(seen: Promise<T>) => seen.then(() => performance.now() - at)
    // Before they can see anything new, the old picture has to have been taken for what it is.
    const gone = (page: Page) =>
      until('the page to notice', () =>
        page.evaluate<boolean>(`document.querySelector('pixelcast-view').dataset.state !== 'live'`),
      )
    const [live, still, ...headless] = await Promise.all([
      since(gone(this.pages.live).then(() => this.#seenLive())),
      since(gone(this.pages.still).then(() => this.#seenStill())),
      ...viewers.map((viewer) => since(this.#comeBack(viewer))),
    ])
    await until('the new program', () => this.#pids.length === started + 1)
    await this.receiver.call('close', { how: 'close' })
    return { page: { live, still }, headless }
  }

  async close(): Promise<void> {
    await this.pages.live.close()
    await this.pages.still.close()
    await this.receiver.kill()
    await this.supervisor.stop()
  }

  get #pids(): number[] {
    return [...this.supervisor.stdout.matchAll(/pid (\d+)/g)].map(([, pid]) => Number(pid))
  }

  /** The picture on the screen, decoded, is that of this second or the last. */
  #seenLive(): Promise<void> {
    return this.#seen(this.pages.live, (level) => {
      const second = Math.floor(Date.now() / 1000)
      return [second, second - 1].some((of) => Math.abs(level - (40 + (of % 8) * 25)) <= 6)
    })
  }

  #seenStill(): Promise<void> {
    return this.#seen(this.pages.still, (level) => Math.abs(level - 150) <= 6)
  }

  async #seen(page: Page, test: (level: number) => boolean): Promise<void> {
    await until('the picture', async () => {
      const state = await page.evaluate<string>(`document.querySelector('pixelcast-view').dataset.state`)
      if (state !== 'live') return false
      const image = await viewerPagePixels(page)
      if (!image) return false
      const middle = ((image.height >> 1) * image.width + (image.width >> 1)) * 4
      return test(image.data[middle + 1]!)
    })
  }

  async #comeBack(viewer: number): Promise<void> {
    const frames = async (of: number) => (await this.receiver.call('stats'))[of]!.frames
    let last = await frames(viewer)
    let changed = performance.now()
    await until('silence', async () => {
      const now = await frames(viewer)
      if (now !== last) changed = performance.now()
      last = now
      return performance.now() - changed > SILENCE_MS
    })
    const url = new URL('whep/live', this.url).href
    for (;;) {
      try {
        const [again] = await this.receiver.call('open', { url, count: 1, codec: 'vp8', token: TOKEN })
        await until('frames', async () => (await frames(again!)) > 0)
        return
      } catch {
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
      }
    }
  }
}
