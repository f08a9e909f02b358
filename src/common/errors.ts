/** Base of every error that pixelcast throws on purpose. `code` is stable; `message` is for people. */
export class PixelcastError extends Error {
  constructor(
    /** Stable, machine-readable: `ERR_IMAGE`, `ERR_OPTION`, `ERR_SIGNALING`, `ERR_ENGINE`, `ERR_LISTEN`, `ERR_LIMIT`, `ERR_PUBLISH`. */
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
    this.name = new.target.name
  }
}

/** What was wrong with a value that came from outside: the field, what was expected, what came. */
export interface Complaint {
  /** The path of the field, as the caller wrote it: `width`, `planes[1].stride`. */
  readonly field: string
  /** What would have been accepted, in words, with range and unit. */
  readonly expected: string
  /** What came, rendered short. */
  readonly actual: string
}

/** An image was refused. Nothing was queued, the track goes on. */
export class ImageError extends PixelcastError implements Complaint {
  /** The path of the field within the image: `width`, `planes[1].stride`; empty for the image itself. */
  readonly field: string
  /** What would have been accepted, in words, with range and unit. */
  readonly expected: string
  /** What came, rendered short. */
  readonly actual: string
  constructor(complaint: Complaint, options?: ErrorOptions) {
    super(
      'ERR_IMAGE',
      `image${complaint.field && `.${complaint.field}`}: expected ${complaint.expected}, got ${complaint.actual}`,
      options,
    )
    this.field = complaint.field
    this.expected = complaint.expected
    this.actual = complaint.actual
  }
}

/** An option of a public function was refused before anything was done. */
export class OptionError extends PixelcastError implements Complaint {
  /** The option: `port`, `ice.udpPort`. */
  readonly field: string
  /** What would have been accepted, in words, with range and unit. */
  readonly expected: string
  /** What came, rendered short. */
  readonly actual: string
  constructor(complaint: Complaint) {
    super('ERR_OPTION', `${complaint.field}: expected ${complaint.expected}, got ${complaint.actual}`)
    this.field = complaint.field
    this.expected = complaint.expected
    this.actual = complaint.actual
  }
}

/** An offer, candidate or session request was refused; `status` is the HTTP status that says so. */
export class SignalingError extends PixelcastError {
  constructor(
    /** HTTP status, 400…599. */
    readonly status: number,
    message: string,
    /** Extra response headers, e.g. `Retry-After`. */
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super('ERR_SIGNALING', message)
  }
}

/** The engine thread failed or is closed; the operation did not happen. */
export class EngineError extends PixelcastError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_ENGINE', message, options)
  }
}

/** A track could not be published to an engine elsewhere, or is not any more. */
export class PublishError extends PixelcastError {
  constructor(
    message: string,
    /** The HTTP status that the engine answered with; undefined when there was no answer, or the connection ended. */
    readonly status?: number | undefined,
    options?: ErrorOptions,
  ) {
    super('ERR_PUBLISH', message, options)
  }
}

/** The HTTP port could not be opened (taken, or not permitted). */
export class ListenError extends PixelcastError {
  constructor(
    message: string,
    /** The system's name for what was wrong: `EADDRINUSE` when the port is taken, `EACCES`, …; undefined when it has none. */
    readonly systemCode?: string | undefined,
    options?: ErrorOptions,
  ) {
    super('ERR_LISTEN', message, options)
  }
}

/**
 * Viewers were refused because a limit was reached; who watches already is not disturbed. Comes as the event
 * `error` of the server, at most once a second for each limit.
 */
export class LimitError extends PixelcastError {
  constructor(
    /** The option that decides: `limits.sessions`. */
    readonly limit: string,
    /** What it is set to. */
    readonly value: number,
    /** How often it was reached since the last time that it was told of. */
    readonly count: number,
  ) {
    super(
      'ERR_LIMIT',
      `${limit} (${value}) was reached${count > 1 ? ` ${count} times` : ''}: raise it to allow more`,
    )
  }
}

/**
 * Options have to be an object, and its keys known: a misspelt one would do nothing, silently.
 *
 * @param prefix of a key in the message, as `ice.`
 * @throws OptionError
 */
export function checkKeys(options: unknown, known: readonly string[], prefix = ''): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new OptionError({
      field: prefix.replace(/\.$/, '') || 'options',
      expected: `an object with ${known.join(', ')}`,
      actual: show(options),
    })
  }
  for (const key of Object.keys(options)) {
    if (!known.includes(key))
      throw new OptionError({
        field: `${prefix}${key}`,
        expected: `one of the options ${known.join(', ')}`,
        actual: show(key),
      })
  }
}

/** @throws OptionError unless it `holds` */
export function checkOption(holds: boolean, field: string, expected: string, actual: unknown): void {
  if (!holds) throw new OptionError({ field, expected, actual: show(actual) })
}

/** A short, safe rendering of any value for an error message. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value)
  if (typeof value === 'bigint') return `${value}n`
  if (value === null || typeof value !== 'object')
    return typeof value === 'function' ? 'a function' : String(value)
  if (ArrayBuffer.isView(value)) {
    const length = 'length' in value ? (value as { length: number }).length : value.byteLength
    return `${value.constructor.name}(${length})`
  }
  const name = Object.getPrototypeOf(value)?.constructor?.name
  return name && name !== 'Object'
    ? `an instance of ${name}`
    : `an object with {${Object.keys(value).slice(0, 6).join(', ')}}`
}

/** The same of what may be a secret, or was meant to be one: says what it is, and nothing of what is in it. */
export function showSecret(value: unknown): string {
  if (typeof value === 'string') return `a text of ${value.length} characters`
  return ['number', 'bigint', 'symbol'].includes(typeof value) ? `a ${typeof value}` : show(value)
}
