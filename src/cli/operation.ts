import type { LogLevel, LogRecord } from '../common/log.js'
import type { LogOption, MetricsOptions } from '../host/index.js'
import { Terminal, type TextStream } from './terminal/terminal.js'

/** Options of those who run it for others. */
export interface OperationOptions {
  readonly metricsPort?: number
  readonly metricsHost?: string
  readonly metricsToken?: string
  readonly logLevel?: LogLevel | 'silent'
  readonly logFormat?: 'pretty' | 'json'
  /** s */
  readonly drainTimeout?: number
}

/** Undefined: metrics are not told. */
export function metricsOf({
  metricsPort: port,
  metricsHost: host,
  metricsToken: token,
}: OperationOptions): MetricsOptions | undefined {
  if (port === undefined && token === undefined) return undefined
  // From the environment it may be there for another time.
  return { port, token, host: port === undefined ? undefined : host }
}

/** JSON lines from pino, or lines between those of the terminal. */
export function logTo({ logLevel, logFormat }: OperationOptions, terminal: Terminal): LogOption {
  if (logFormat === 'json') return logLevel ?? 'info'
  if (logLevel === undefined || logLevel === 'silent') return 'silent'
  const write = (level: LogLevel) => (fields: object, message: string) =>
    terminal.note(pretty(level, fields, message))
  const levels: readonly string[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal']
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    isLevelEnabled: (level) => levels.indexOf(level) >= levels.indexOf(logLevel),
  }
}

/** For people, or, when the log is for programs, with all that people are told as entries of it. */
export function terminalOf({ logFormat }: OperationOptions): Terminal {
  return logFormat === 'json'
    ? new Terminal(
        process.stdout,
        jsonLines((line) => process.stderr.write(line)),
      )
    : new Terminal()
}

/** Each line as an entry of the log. */
export function jsonLines(write: (line: string) => void): TextStream {
  return {
    write(text) {
      for (const line of text.split('\n').filter(Boolean)) {
        const [, warning] = /^warning: (.*)/.exec(line) ?? []
        const level = warning === undefined ? 'info' : 'warn'
        write(`${JSON.stringify({ level, time: Date.now(), event: 'terminal', msg: warning ?? line })}\n`)
      }
    },
  }
}

function pretty(level: LogLevel, fields: object, message: string): string {
  const time = new Date().toISOString().slice(11, 23)
  const rest = Object.entries(fields as LogRecord['fields'])
    .filter(([name]) => !['event', 'stack', 'reason', 'error'].includes(name))
    .map(([name, value]) => `${name}=${typeof value === 'string' ? JSON.stringify(value) : value}`)
  return [time, level.padEnd(5), message, ...rest].join(' ')
}
