/** `warn`: something will not work, but most will. `fail`: pixelcast cannot do its work. */
export type Level = 'ok' | 'warn' | 'fail'

/** What a check found, in one line. */
export interface Finding {
  /** What was looked at: `H.264`, `UDP`. */
  readonly about: string
  readonly level: Level
  /** What was found; with a warning or failure, what to do. */
  readonly text: string
}

/** Looks at one thing. What it throws is a failure of that thing. */
export type Check = () => Promise<readonly Finding[]> | readonly Finding[]

/** One finding, as most checks make. */
export function finding(about: string, level: Level, text: string): readonly Finding[] {
  return [{ about, level, text }]
}

/** `ok    UDP: a datagram came back`. */
export function formatFinding({ about, level, text }: Finding): string {
  return `${level.padEnd(4)}  ${about}: ${text}`
}
