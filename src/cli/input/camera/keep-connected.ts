import { CliError, explain } from '../../errors.js'
import type { PlayerClock } from '../../player.js'
import type { LiveEnd, LiveTarget } from '../live.js'

/** The first pause before trying again, ms; each further one is twice as long. */
const FIRST_PAUSE = 500
const LONGEST_PAUSE = 15_000
/** A connection that lasted this long (ms) was a good one: the next pause is the first again. */
const GOOD = 10_000

/** What does not get better by trying again: a wrong address, a page instead of a stream. */
export class Hopeless extends CliError {}

/** What a connection tells while it lasts. */
export interface ConnectionEvents {
  /** It is there. `description`: what it gives, in a few words. */
  onOpen(description: string): void
  onImage(): void
}

/**
 * One attempt: resolves when the source ended it, rejects when it could not be had or was lost. Ends
 * with `signal`. `'over'`: the source came to its end and is not to be asked again.
 */
export type Connect = (events: ConnectionEvents, signal: AbortSignal) => Promise<'lost' | 'over'>

/** What is not the source itself. */
export interface Surroundings {
  readonly clock: PlayerClock
  /** What the source is called in an error. */
  readonly name: string
  /** 0 to 1. */
  readonly random?: () => number
}

/** The pause before attempt `attempt` (from 1), ms; by chance, so that many cameras do not ask all at once. */
export function pauseBefore(attempt: number, random: () => number): number {
  const most = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.min(attempt - 1, 10))
  return most * (0.5 + random() / 2)
}

/**
 * Connects again and again until the signal is aborted, and says so when the source is lost and when it is
 * back. Rejects when the first attempts show that there is no hope.
 */
export async function keepConnected(
  connect: Connect,
  target: Pick<LiveTarget, 'note' | 'warn'>,
  signal: AbortSignal,
  { clock, name, random = Math.random }: Surroundings,
): Promise<LiveEnd> {
  let shown = 0
  let attempt = 0
  let lostAt: number | undefined
  let lastReason = ''
  const begin = clock.now()
  while (!signal.aborted) {
    let openedAt: number | undefined
    let reason: string
    try {
      const end = await connect(
        {
          onOpen: (description) => {
            openedAt = clock.now()
            if (lostAt === undefined) target.note(`connected, ${description}`)
            else target.note(`back after ${seconds(openedAt - lostAt)}, ${description}`)
            lostAt = undefined
            lastReason = ''
          },
          onImage: () => shown++,
        },
        signal,
      )
      if (end === 'over') return { shown }
      reason = 'the stream ended'
    } catch (error) {
      if (error instanceof Hopeless && shown === 0) throw new Hopeless(`${name}: ${error.message}`)
      reason = explain(error)
    }
    if (signal.aborted) break
    const now = clock.now()
    if (openedAt !== undefined && now - openedAt >= GOOD) attempt = 0
    if (openedAt !== undefined) target.warn(`lost: ${reason}; trying again`)
    else if (reason !== lastReason) target.warn(`no connection: ${reason}; trying again`)
    lastReason = reason
    // a source that was never there is missed since we began
    lostAt ??= shown > 0 || openedAt !== undefined ? now : begin
    await clock.sleepUntil(now + pauseBefore(++attempt, random), signal)
  }
  return { shown }
}

function seconds(ms: number): string {
  return `${ms < 10_000 ? (ms / 1000).toFixed(1) : Math.round(ms / 1000)} s`
}
