import type { PublishMeasures } from '../common/measures.js'
import type { PublishingApi } from '../engine/api.js'
import type { PublicationChange, PublicationStats, PublishSettings } from '../track/index.js'
import type { IceOptions } from '../transport/ice-options.js'
import { PublishMeter } from './publish-meter.js'
import { Publisher } from './publisher.js'

/** All publications of a server, by the numbers that the application's end gave them. */
export class Publishers {
  readonly #running = new Map<number, { readonly track: string; readonly publisher: Publisher }>()

  readonly #meter = new PublishMeter()

  constructor(
    private readonly engine: PublishingApi,
    /** Servers to use beside those that the other engines name. */
    private readonly ice: IceOptions,
    private readonly events: {
      onChange(publication: number, change: PublicationChange): void
      onError(error: unknown): void
    },
  ) {}

  start(id: number, track: string, settings: PublishSettings): void {
    const { servers } = this.ice
    const { bindAddress } = settings
    const publisher: Publisher = new Publisher(
      this.engine,
      track,
      settings,
      { ...(servers && { servers }), ...(bindAddress !== undefined && { bindAddress }) },
      (change) => {
        if (change.state === 'closed' || change.state === 'failed') {
          this.#running.delete(id)
          this.#meter.end(publisher.measures(), change.state === 'failed')
        }
        this.events.onChange(id, change)
      },
      (error) => this.events.onError(error),
    )
    this.#running.set(id, { track, publisher })
    publisher.start()
  }

  stats(id: number): PublicationStats | undefined {
    return this.#running.get(id)?.publisher.stats()
  }

  /** For the metrics. */
  measures(): PublishMeasures[] {
    return this.#meter.read([...this.#running.values()].map(({ publisher }) => publisher.measures()))
  }

  async close(id: number): Promise<void> {
    await this.#running.get(id)?.publisher.close()
  }

  /** Ends those of a track, which is gone, or all; resolves when the engines have been told. Never rejects. */
  async closeAll(of?: string): Promise<void> {
    const ending = [...this.#running.values()].filter(({ track }) => of === undefined || track === of)
    await Promise.all(ending.map(({ publisher }) => publisher.close()))
    if (of !== undefined) this.#meter.forget(of)
  }
}
