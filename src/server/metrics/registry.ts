import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { HistogramCounts } from '../../common/histogram.js'
import { DEFINITIONS, type Definition, type Labels, type Sources } from './names.js'
import { ThreadMeter } from './thread-meter.js'

/** Of prom-client's own: those of the process, and of this thread's heap. */
const OF_PROCESS = [
  'process_cpu_user_seconds_total',
  'process_cpu_system_seconds_total',
  'process_cpu_seconds_total',
  'process_start_time_seconds',
  'process_resident_memory_bytes',
  'process_open_fds',
  'process_max_fds',
  'nodejs_heap_size_used_bytes',
  'nodejs_external_memory_bytes',
]

/** Their event loop monitor is not used, and need not wake the thread a hundred times a second, ms. */
const SELDOM = 3_600_000

/** They look at the process and never end: one set for all servers. */
let ofProcess: Registry | undefined

/** The metrics of one server. What is counted anyway is read when somebody asks. */
export class MetricsRegistry {
  readonly #registry = new Registry()
  readonly #thread = new ThreadMeter()
  #sources: Sources | undefined

  /** @param sources what there is to be told, now */
  constructor(private readonly sources: () => Sources) {
    for (const definition of DEFINITIONS) this.#register(definition)
    this.#addHistogram(
      'pixelcast_event_loop_delay_seconds',
      'How late timers of the engine thread are, ten times a second.',
      () => [[{}, this.#thread.delay, 0.001]],
    )
    const thread = this.#thread
    new Counter({
      name: 'pixelcast_engine_busy_seconds_total',
      help: 'Time that the engine thread was at work.',
      registers: [this.#registry],
      collect() {
        this.reset()
        this.inc(thread.busySeconds)
      },
    })
    if (!ofProcess) {
      ofProcess = new Registry()
      collectDefaultMetrics({ register: ofProcess, eventLoopMonitoringPrecision: SELDOM })
    }
    for (const name of OF_PROCESS) {
      const metric = ofProcess.getSingleMetric(name)
      if (metric) this.#registry.registerMetric(metric)
    }
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  /** All of them, as Prometheus reads them. */
  async render(): Promise<string> {
    // All of one moment.
    this.#sources = this.sources()
    return this.#registry.metrics()
  }

  close(): void {
    this.#thread.close()
  }

  #register(definition: Definition): void {
    const { name, help } = definition
    const read = () => this.#sources
    if (definition.kind === 'histogram') {
      this.#addHistogram(name, help, () => {
        const found: [Labels, HistogramCounts, number][] = []
        const sources = read()
        if (sources)
          definition.read(sources, (labels, counts) => found.push([labels, counts, definition.unit]))
        return found
      })
      return
    }
    const labelNames = [...(definition.labels ?? [])]
    const options = { name, help, labelNames, registers: [this.#registry] }
    if (definition.kind === 'gauge')
      new Gauge({
        ...options,
        collect() {
          this.reset()
          const sources = read()
          if (sources) definition.read(sources, (labels, value) => this.set({ ...labels }, value))
        },
      })
    else
      new Counter({
        ...options,
        collect() {
          this.reset()
          const sources = read()
          if (sources) definition.read(sources, (labels, value) => this.inc({ ...labels }, value))
        },
      })
  }

  /** prom-client's own histograms can only be added to; these are counted where things happen. */
  #addHistogram(name: string, help: string, read: () => [Labels, HistogramCounts, number][]): void {
    const metric = {
      name,
      help,
      type: 'histogram',
      aggregator: 'sum',
      get: async () => ({
        name,
        help,
        type: 'histogram',
        aggregator: 'sum',
        values: read().flatMap(([labels, counts, unit]) => valuesOf(name, labels, counts, unit)),
      }),
    }
    this.#registry.registerMetric(metric as unknown as Gauge)
  }
}

function valuesOf(name: string, labels: Labels, { bounds, counts, sum }: HistogramCounts, unit: number) {
  let count = 0
  const buckets = counts.map((inBucket, index) => {
    count += inBucket
    const bound = bounds[index]
    const le = bound === undefined ? '+Inf' : Number((bound * unit).toPrecision(6))
    return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: count }
  })
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels: { ...labels }, value: sum * unit },
    { metricName: `${name}_count`, labels: { ...labels }, value: count },
  ]
}
