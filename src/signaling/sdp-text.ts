import * as sdpTransform from 'sdp-transform'
import { SignalingError } from '../common/errors.js'
import { MAX_MEDIA_SECTIONS, MAX_SDP_BYTES, MAX_SDP_LINE, MAX_SDP_LINES } from './limits.js'

export type SessionSection = Partial<Omit<sdpTransform.SessionDescription, 'media'>>
/** `type` is undefined when the m-line itself could not be read. */
export type MediaSection = Partial<sdpTransform.MediaDescription>

/** What the parser made of a text: still unchecked strings and numbers, but bounded in size. */
export interface RawDescription {
  readonly session: SessionSection
  readonly media: readonly MediaSection[]
}

/** RFC 8866 §9: token. */
const TOKEN = /^[!#-'*+\-.0-9A-Z^-~]+$/

/**
 * Splits an SDP (RFC 8866) or an SDP fragment into sections. Work is bounded; throws `SignalingError`
 * (400, or 413 when too long) and nothing else. `what` names the text in the message.
 */
export function readSdp(text: string, what: string): RawDescription {
  if (typeof text !== 'string')
    throw new SignalingError(400, `${what}: expected a string, got ${typeof text}`)
  if (text.length > MAX_SDP_BYTES || Buffer.byteLength(text) > MAX_SDP_BYTES)
    throw new SignalingError(413, `${what}: longer than ${MAX_SDP_BYTES} bytes`)
  const lines = text.split(/\r\n|\r|\n/)
  if (lines.length > MAX_SDP_LINES) throw new SignalingError(400, `${what}: more than ${MAX_SDP_LINES} lines`)
  for (const [index, line] of lines.entries()) {
    if (line.length > MAX_SDP_LINE)
      throw new SignalingError(400, `${what}: line ${index + 1} is longer than ${MAX_SDP_LINE} characters`)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
    if (/[\u0000-\u0008\u000b-\u001f\u007f]/.test(line))
      throw new SignalingError(400, `${what}: control character in line ${index + 1}`)
  }
  const mediaLines = lines.filter((line) => line.startsWith('m=')).length
  if (mediaLines > MAX_MEDIA_SECTIONS)
    throw new SignalingError(400, `${what}: more than ${MAX_MEDIA_SECTIONS} m-lines`)
  try {
    const { media, ...session } = sdpTransform.parse(lines.join('\r\n'))
    return { session, media }
  } catch {
    throw new SignalingError(400, `${what}: not a session description`)
  }
}

/**
 * The parser turns `"42"` into `42` wherever it can, also in an ice-ufrag; it does so only when the
 * number prints as the same text, so `String` gives back what was sent.
 */
export function asText(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : String(value)
}

/** A decimal integer within `min`..`max`, without sign or leading zeros; undefined otherwise. */
export function asInteger(value: unknown, min: number, max: number): number | undefined {
  const text = asText(value)
  if (text === undefined || !/^(0|[1-9][0-9]{0,15})$/.test(text)) return undefined
  const number = Number(text)
  return number >= min && number <= max ? number : undefined
}

export function isToken(text: string): boolean {
  return TOKEN.test(text)
}

/** Joins lines as RFC 8866 §5 wants them: CRLF after each, also after the last. */
export function joinLines(lines: readonly string[]): string {
  return `${lines.join('\r\n')}\r\n`
}
