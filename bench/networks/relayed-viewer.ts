import { monotonicNow } from '../../src/common/clock.js'
import type { Child } from '../../test/support/child.js'
import type { RgbaImage } from '../../test/support/images.js'
import { pause } from '../../test/support/wait.js'
import { paintedImages } from '../support/glass.js'
import type { Recording, StagePage } from '../support/stage.js'
import { conditionsOf, type Network } from './network.js'
import type { Delivered, RelayApi } from './relay-process.js'
import { Watched } from './watched.js'

/** How much more than its rate a link may seem to deliver in a second: packets leave once a millisecond, samples are taken every 50 ms. */
const RATE_TOLERANCE = 1.05
/** A second, and what was on its way when a network changed. */
const SETTLE_MS = 1500

/** A change of the network, so many ms after a recording began. */
export interface Change {
  readonly at: number
  readonly network: Network
}

/** A page that watches a system through a relay. */
export class RelayedViewer {
  /** What to add to the page's clock, ms. */
  #offset: number

  constructor(
    private readonly page: StagePage,
    private readonly relays: Child<RelayApi>,
    private readonly url: string,
    private network: Network,
    offset: number,
    /** From the POST to the first painted frame, ms; Infinity when there was none in time. */
    readonly firstFrame: number,
  ) {
    this.#offset = offset
  }

  get sawNothing(): boolean {
    return this.firstFrame === Number.POSITIVE_INFINITY
  }

  /** Watches for a time, in which the network may change. @throws when what was seen came past the relay */
  async watch(ms: number, plan: readonly Change[] = []): Promise<Watched> {
    const begun = monotonicNow()
    const limits = [{ from: begun, rate: this.network.rate }]
    const recorded = this.page.record(ms)
    const changed = async () => {
      for (const { at, network } of plan) {
        await pause(begun + at - monotonicNow())
        this.network = { ...this.network, ...network }
        const conditions = conditionsOf(network)
        const time = await this.relays.call('change', { url: this.url, conditions })
        limits.push({ from: time, rate: this.network.rate })
      }
    }
    const [recording] = await Promise.all([recorded, changed()])
    const path = await this.page.path()
    const { offset } = await this.page.clock()
    // Both clocks run by themselves; over a long recording the mean of both ends is the better guess.
    const mean = (this.#offset + offset) / 2
    this.#offset = offset
    const painted = paintedImages(recording, mean)
    const delivered = await this.relays.call('delivered', this.url)
    const watched = new Watched(
      recording.start + mean,
      recording.end + mean,
      painted.images,
      delivered,
      limits.slice(1).map(({ from }) => from),
      painted.unreadable,
      recording.width,
      path.rtt,
    )
    this.#checkRoundTrip(path.rtt)
    await this.#checkWay(path.address, path.port, recording, delivered)
    checkRates(watched, limits)
    return watched
  }

  /** What is on screen, scaled by the browser to this size. */
  picture(width: number, height: number): Promise<RgbaImage> {
    return this.page.pixels({ width, height })
  }

  async leave(): Promise<void> {
    await this.page.hangUp()
  }

  async #checkWay(
    address: string,
    port: number,
    { after }: Recording,
    delivered: readonly Delivered[],
  ): Promise<void> {
    if (after.packets === 0) return
    const ports = await this.relays.call('ports', this.url)
    if (address !== '127.0.0.1' || !ports.includes(port))
      throw new Error(`media came from ${address}:${port}, not through the relay (${ports})`)
    const carried = delivered.at(-1)?.packets ?? 0
    if (carried < after.packets)
      throw new Error(`the page got ${after.packets} packets, the relay carried ${carried}`)
  }

  #checkRoundTrip(rtt: number): void {
    const least = (this.network.rtt ?? 0) - (this.network.jitter ?? 0)
    if (rtt < least) throw new Error(`the page measured a round trip of ${rtt} ms, of at least ${least}`)
  }
}

function checkRates(
  watched: Watched,
  limits: readonly { readonly from: number; readonly rate: number | undefined }[],
): void {
  for (const [i, { from, rate = Number.POSITIVE_INFINITY }] of limits.entries()) {
    const highest = watched.highestRate(from + (i === 0 ? 0 : SETTLE_MS), limits[i + 1]?.from ?? watched.end)
    if (highest > rate * RATE_TOLERANCE)
      throw new Error(`the relay delivered ${Math.round(highest)} bit/s over a link of ${rate}`)
  }
}
