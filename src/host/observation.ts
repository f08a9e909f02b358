import type { LogRecord } from '../common/log.js'
import type { Engine } from '../engine/index.js'
import type { Publishers } from '../publish/index.js'
import type { WrongTokens } from '../server/access/wrong-tokens.js'
import { createMetricsApp } from '../server/app.js'
import { IngestCounts } from '../server/ingest/counts.js'
import { type Listening, listen } from '../server/listen.js'
import type { MetricsRegistry } from '../server/metrics/registry.js'
import { RequestCounts } from '../server/metrics/request-counts.js'
import type { AnsweredRequest } from '../server/observe.js'
import { EngineLog } from './log/engine-log.js'
import type { ServerSettings } from './messages.js'

/** What the engine thread tells of a server: its metrics, and its part of the log. */
export class Observation {
  readonly log: EngineLog
  readonly #settings: ServerSettings
  readonly #requests = new RequestCounts()
  readonly #ingest: IngestCounts
  #registry: MetricsRegistry | undefined
  #listening: Listening | undefined

  constructor(settings: ServerSettings, post: (record: LogRecord) => void) {
    this.#settings = settings
    this.#ingest = new IngestCounts(settings.ingestCounts)
    this.log = new EngineLog(settings.logLevel, post)
  }

  /** The port of the metrics, if they have one of their own. */
  get metricsPort(): number | undefined {
    return this.#listening?.port
  }

  /** Options of the app. */
  get ofApp() {
    const { metrics } = this.#settings
    return {
      ...(metrics &&
        this.#registry &&
        metrics.port === undefined && { metrics: { page: this.#registry, token: metrics.token } }),
      observer: {
        onRequest: (request: AnsweredRequest) => {
          this.#requests.add(request.route, request.status)
          this.log.request(request)
        },
        wantsDetail: this.log.wantsRefusals,
      },
    }
  }

  /** Counts images of the ingest, and tells of its senders. */
  get ofIngest() {
    return {
      count: this.#ingest.add.bind(this.#ingest),
      sender: this.log.sender.bind(this.log),
    }
  }

  /** Before the app is made. */
  async open(
    engine: Engine,
    publishers: Publishers,
    wrongTokens: WrongTokens,
    onError: (error: unknown) => void,
  ): Promise<void> {
    const { metrics, ingest } = this.#settings
    if (!metrics) return
    // Only now: without metrics the library is not loaded.
    const { MetricsRegistry } = await import('../server/metrics/registry.js')
    this.#registry = new MetricsRegistry(() => ({
      engine: engine.measures(),
      publishing: publishers.measures(),
      isReady: engine.readiness().status === 'ready',
      ingest: ingest && this.#ingest,
      requests: this.#requests,
    }))
    if (metrics.port === undefined) return
    const { host, port, token } = metrics
    try {
      const { trustProxy } = this.#settings
      const app = createMetricsApp(this.#registry, { host, token, trustProxy, wrongTokens })
      this.#listening = await listen(app, {
        host,
        port,
        onError,
      })
    } catch (error) {
      this.#registry.close()
      throw error
    }
  }

  async close(): Promise<void> {
    this.log.close()
    this.#registry?.close()
    await this.#listening?.close()
  }
}
