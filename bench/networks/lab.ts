import type { Child } from '../../test/support/child.js'
import type { Content } from '../content.js'
import type { Stage, StagePage } from '../support/stage.js'
import { SystemProcess } from '../support/system-process.js'
import type { System } from '../systems.js'
import { conditionsOf, type Network } from './network.js'
import type { RelayApi } from './relay-process.js'
import { RelayedViewer } from './relayed-viewer.js'

export const WIDTH = 1280
export const HEIGHT = 720
const FPS = 30
/** For the first frame; a system that shows nothing by then counts as one that shows nothing. */
const PATIENCE_MS = 15_000

/** What a scenario works with: one system, and viewers behind networks. */
export class Lab {
  #process: SystemProcess | undefined
  readonly #pages: StagePage[] = []
  readonly #urls: string[] = []

  constructor(
    readonly system: System,
    private readonly stage: Stage,
    private readonly relays: Child<RelayApi>,
    private readonly isQuick: boolean,
  ) {}

  /** Length of a recording, ms: in a full and in a quick run. */
  duration(full: number, quick: number): number {
    return (this.isQuick ? quick : full) * 1000
  }

  /** Starts the system with this on show, 1280×720 at 30 fps. */
  async show(content: Content): Promise<void> {
    this.#process = await SystemProcess.start(this.system, {
      content,
      width: WIDTH,
      height: HEIGHT,
      fps: FPS,
      producer: 'live',
    })
  }

  /** A viewer behind a network, who has seen a first frame or waited for 15 s. */
  async join(network: Network): Promise<RelayedViewer> {
    const offer = new URL(this.#running.address.offer)
    const page = await this.stage.open('chromium')
    this.#pages.push(page)
    const url = await this.relays.call('open', { target: offer.origin, conditions: conditionsOf(network) })
    this.#urls.push(url)
    const { offset } = await page.clock()
    const to = new URL(offer.pathname, url).href
    const firstFrame = await page.play(to, this.system.codecs[0]!, PATIENCE_MS)
    return new RelayedViewer(page, this.relays, url, network, offset, firstFrame ?? Number.POSITIVE_INFINITY)
  }

  /** Encoders that run in the system; undefined when it does not say. */
  async encoders(): Promise<number | undefined> {
    return (await this.#running.stats()).encoders
  }

  async close(): Promise<void> {
    for (const page of this.#pages) await page.close().catch(() => {})
    await this.#process?.stop()
    for (const url of this.#urls) await this.relays.call('close', url)
  }

  get #running(): SystemProcess {
    if (!this.#process) throw new Error('nothing is on show: lab.show() comes first')
    return this.#process
  }
}
