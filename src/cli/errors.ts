import { PixelcastError } from '../common/errors.js'
import { NETWORK_REASONS } from '../common/network-reasons.js'

/** Exit codes, as shells and scripts expect them. */
export const EXIT_OK = 0
export const EXIT_FAILED = 1
export const EXIT_USAGE = 2

/** Something went wrong that the person at the terminal can understand and mend: shown as one line, without a stack. */
export class CliError extends Error {
  constructor(
    message: string,
    readonly exitCode: number = EXIT_FAILED,
    options?: ErrorOptions,
  ) {
    super(message, options)
    this.name = 'CliError'
  }
}

/** Ends the command with this exit code, without a word: what there was to say is said. */
export class ExitCode extends Error {
  constructor(readonly code: number) {
    super(`exit code ${code}`)
    this.name = 'ExitCode'
  }
}

const SYSTEM_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EISDIR: 'is a directory',
  ENOTDIR: 'a part of the path is not a directory',
  ELOOP: 'too many symbolic links',
  EMFILE: 'too many open files',
  EIO: 'input/output error',
  ENODEV: 'no such device',
  ENXIO: 'no such device',
  EBUSY: 'in use by another program',
  ...NETWORK_REASONS,
}

/** What a system call's error code means, in words; undefined when it is none. */
export function systemReason(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined
  return SYSTEM_ERRORS[error.code]
}

/** One line for the terminal. The stack only when `DEBUG` names pixelcast. */
export function explain(error: unknown, debug: string | undefined = process.env.DEBUG): string {
  if (!(error instanceof Error)) return `unexpected failure: ${String(error)}`
  if (debug?.split(/[\s,]+/).some((name) => name === 'pixelcast' || name === '*'))
    return error.stack ?? error.message
  if (error instanceof CliError || error instanceof PixelcastError) return oneLine(error.message)
  const reason = systemReason(error)
  const path = 'path' in error && typeof error.path === 'string' ? `${error.path}: ` : ''
  if (reason) return `${path}${reason}`
  return `${oneLine(error.message)} (unexpected; set DEBUG=pixelcast to see where)`
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').trim()
}
