import { OptionError, show } from '../../common/errors.js'
import { isLogged, LOG_LEVELS, type LogFields, type LogLevel, type LogRecord } from '../../common/log.js'
import { Secrets } from './secrets.js'

/** A logger with pino's methods: the fields first, then the message. */
export interface PinoLike {
  /** For what happens as it should. */
  info(fields: object, message: string): void
  /** For what somebody should know of. */
  warn(fields: object, message: string): void
  /** For what failed. */
  error(fields: object, message: string): void
  /** Requests that were answered. */
  debug?(fields: object, message: string): void
  /** As with pino: whether entries of a level would be written. Default: all but `debug`. */
  isLevelEnabled?(level: string): boolean
}

/** Where the log goes: a level (JSON lines to stderr, by pino), a logger such as pino's, or a function. */
export type LogOption = LogLevel | 'silent' | PinoLike | ((record: LogRecord) => void)

type Sink = (record: LogRecord) => void

/** @throws OptionError */
export function checkLog(option: unknown): asserts option is LogOption | undefined {
  if (option === undefined || typeof option === 'function') return
  if (typeof option === 'string' && ['silent', ...LOG_LEVELS].includes(option)) return
  const isLogger =
    typeof option === 'object' &&
    option !== null &&
    (['info', 'warn', 'error'] as const).every((name) => typeof (option as PinoLike)[name] === 'function')
  if (isLogger) return
  throw new OptionError({
    field: 'log',
    expected: `silent, ${LOG_LEVELS.join(', ')}, a logger as pino makes one, or a function`,
    actual: show(option),
  })
}

/** The least level that is written. */
export function logLevelOf(option: LogOption = 'silent'): LogLevel | 'silent' {
  if (typeof option === 'string') return option
  if (typeof option === 'function') return 'info'
  return LOG_LEVELS.find((level) => option.isLevelEnabled?.(level)) ?? 'info'
}

/** Writes a server's log, without secrets. It never throws. */
export class Log {
  readonly #sink: Sink
  readonly #secrets: Secrets
  readonly #least: LogLevel | 'silent'
  #hasFailed = false

  private constructor(sink: Sink, least: LogLevel | 'silent', options: unknown) {
    this.#sink = sink
    this.#least = least
    this.#secrets = new Secrets(options)
  }

  /** @param options of the server, for the secrets in them */
  static async open(option: LogOption = 'silent', options: unknown = {}): Promise<Log> {
    const sink =
      typeof option === 'function'
        ? option
        : typeof option === 'object'
          ? toLogger(option)
          : option === 'silent'
            ? () => {}
            : await toStderr(option)
    return new Log(sink, logLevelOf(option), options)
  }

  add(level: LogLevel, event: string, message: string, fields: LogFields = {}): void {
    this.write({ level, time: Date.now(), event, message, fields })
  }

  /** Of the server as a whole. */
  server(event: 'started' | 'draining' | 'stopped', fields: LogFields = {}): void {
    this.add('info', `server ${event}`, `server ${event}${fields.url ? ` at ${fields.url}` : ''}`, fields)
  }

  track(event: 'added' | 'removed', track: string): void {
    this.add('info', `track ${event}`, `track ${JSON.stringify(track)} ${event}`, { track })
  }

  failed({ message, stack }: Error): void {
    this.add('fatal', 'engine failed', message, { error: message, stack })
  }

  write(record: LogRecord): void {
    if (!isLogged(record.level, this.#least)) return
    try {
      const { fields, message } = record
      this.#sink({
        ...record,
        message: this.#hideIn(message, fields),
        fields: Object.fromEntries(
          Object.entries(fields).flatMap(([name, value]) => {
            if (value === undefined) return []
            return [[name, typeof value === 'string' ? this.#hide(name, value) : value]]
          }),
        ),
      })
    } catch (error) {
      // Whoever logs must not be stopped by it; once is enough to be told.
      if (!this.#hasFailed) process.emitWarning(error instanceof Error ? error : String(error))
      this.#hasFailed = true
    }
  }

  #hide(name: string, value: string): string {
    return name === 'track' ? this.#secrets.hideKnown(value) : this.#secrets.hide(value)
  }

  /** A track may be called as a key looks: its name is kept. */
  #hideIn(message: string, { track }: LogFields): string {
    if (typeof track !== 'string' || track === '') return this.#secrets.hide(message)
    const parts = message.split(JSON.stringify(track)).map((part) => this.#secrets.hide(part))
    return parts.join(this.#secrets.hideKnown(JSON.stringify(track)))
  }
}

async function toStderr(level: LogLevel): Promise<Sink> {
  const { destination, pino } = await import('pino')
  const logger = pino(
    {
      level,
      base: null,
      // Of when it happened, which may have been a moment ago.
      timestamp: false,
      formatters: { level: (label) => ({ level: label }) },
    },
    // What was said last must be there when the process ends.
    destination({ dest: 2, sync: true }),
  )
  return ({ level: of, time, event, message, fields }) => logger[of]({ time, event, ...fields }, message)
}

function toLogger(logger: PinoLike): Sink {
  return ({ level, event, message, fields }) => {
    const method = level === 'trace' ? 'debug' : level === 'fatal' ? 'error' : level
    logger[method]?.({ event, ...fields }, message)
  }
}
