/** Levels of the log, from the most to the least that is written. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const
/** How grave an entry of the log is. */
export type LogLevel = (typeof LOG_LEVELS)[number]

/** What an entry says beside its message. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>

/** One entry of the log. Nothing in it is secret. */
export interface LogRecord {
  /** How grave it is. */
  readonly level: LogLevel
  /** When it happened, ms since 1970. */
  readonly time: number
  /** What happened, for programs: `session ended`. See docs/operation.md. */
  readonly event: string
  /** The same for people. */
  readonly message: string
  /** What there is to know of it: `viewer`, `track`, `codec`, … */
  readonly fields: LogFields
}

/** Whether entries of a level are written when `least` and graver ones are. */
export function isLogged(level: LogLevel, least: LogLevel | 'silent'): boolean {
  return least !== 'silent' && LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(least)
}
