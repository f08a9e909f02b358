import { monotonicNow } from '../../common/clock.js'
import { PixelcastError } from '../../common/errors.js'
import { isLogged, type LogFields, type LogLevel, type LogRecord } from '../../common/log.js'
import type { SessionEvent } from '../../common/measures.js'
import type { AnsweredRequest } from '../../server/observe.js'
import { FloodGate } from './flood-gate.js'

/** How often it is said what was held back, ms. */
const TELL_HELD_MS = 10_000

/** What the engine thread has to say for the log. It is posted to the application's thread, which writes it. */
export class EngineLog {
  readonly #gate = new FloodGate()
  readonly #timer: NodeJS.Timeout | undefined

  constructor(
    private readonly least: LogLevel | 'silent',
    private readonly post: (record: LogRecord) => void,
  ) {
    if (least === 'silent') return
    this.#timer = setInterval(() => this.#tellHeld(), TELL_HELD_MS)
    this.#timer.unref()
  }

  /** Whether refusals are written at all, and why they were is worth to be asked for. */
  get wantsRefusals(): boolean {
    return isLogged('warn', this.least)
  }

  session({ event, ...fields }: SessionEvent): void {
    const { viewer, track, reason } = fields
    const why = reason === undefined ? '' : `: ${reason}`
    this.#write('info', `session ${event}`, `${viewer} of ${JSON.stringify(track)} ${event}${why}`, fields)
  }

  request({ detail, ...request }: AnsweredRequest): void {
    const { method, route, status } = request
    if (status < 400) {
      this.#write('debug', 'request answered', `${method} of ${route} answered ${status}`, request)
      return
    }
    // Missing pages and the like are no news; who was turned away is.
    const level = status >= 500 || [401, 403, 429].includes(status) ? 'warn' : 'info'
    const fields = { ...request, ...(detail !== undefined && { reason: withoutQuotes(detail) }) }
    this.#write(
      level,
      'request refused',
      `${method} of ${route} refused with ${status}`,
      fields,
      `${route} ${status}`,
    )
  }

  /** @param track the name of the track that it belongs to, if there is one */
  error(error: unknown, track?: string): void {
    const isExpected = error instanceof PixelcastError
    const { message, stack } = error instanceof Error ? error : new Error(String(error))
    const fields = {
      ...(track !== undefined && { track }),
      error: message,
      ...(isExpected ? { code: error.code } : { stack }),
    }
    if (track === undefined) this.#write('error', 'error', message, fields)
    else this.#write('warn', 'track error', `${JSON.stringify(track)}: ${message}`, fields, track)
  }

  sender(track: string, event: 'begun' | 'ended'): void {
    this.#write('info', `sender ${event}`, `a stream of images for ${JSON.stringify(track)} ${event}`, {
      track,
    })
  }

  certificateReloaded(): void {
    this.#write('info', 'certificate reloaded', 'the certificate was renewed, and is used', {})
  }

  close(): void {
    clearInterval(this.#timer)
    this.#tellHeld()
  }

  #write(level: LogLevel, event: string, message: string, fields: LogFields, kind = ''): void {
    if (!isLogged(level, this.least)) return
    const held = this.#gate.pass(`${event} ${kind}`.trim(), monotonicNow())
    if (held === undefined) return
    this.post({
      level,
      time: Date.now(),
      event,
      message,
      fields: held > 0 ? { ...fields, heldBack: held } : fields,
    })
  }

  #tellHeld(): void {
    for (const { kind, held } of this.#gate.take(monotonicNow()))
      this.post({
        level: 'info',
        time: Date.now(),
        event: 'entries held back',
        message: `${held} more: ${kind}`,
        fields: { of: kind, heldBack: held },
      })
  }
}

/** What a client sent is not for the log, and may be secret: only what was expected is. */
function withoutQuotes(detail: string): string {
  return detail
    .replace(/, got .*$/s, '')
    .replace(/"(?:[^"\\]|\\.)*"?/g, '"…"')
    .replace(/(^|\s)\/\S*/g, '$1/…')
    .replace(/(malformed percent-encoding in the path|the offer could not be answered): .*$/s, '$1')
}
