import { VIDEO_CODECS, type VideoCodec } from '../../common/codec.js'
import { SignalingError, show } from '../../common/errors.js'

/** Far more than a request has. */
export const MAX_SOCKET_REQUEST_BYTES = 4 * 1024
/** Codecs that this server does not know are passed over, but nobody has so many. */
const MOST_CODECS = 32

/**
 * Reads the body that begins a session over a WebSocket (`SocketRequest`).
 *
 * @returns the codecs that are known here, in the viewer's order
 * @throws SignalingError 400 naming the field
 */
export function readSocketRequest(text: string): VideoCodec[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new SignalingError(400, 'the body is not JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new SignalingError(400, `the body: expected an object, got ${show(value)}`)
  const { transport, codecs } = value as Readonly<Record<string, unknown>>
  if (transport !== 'websocket')
    throw new SignalingError(400, `transport: expected 'websocket', got ${show(transport)}`)
  if (
    !Array.isArray(codecs) ||
    codecs.length === 0 ||
    codecs.length > MOST_CODECS ||
    codecs.some((codec) => typeof codec !== 'string')
  )
    throw new SignalingError(
      400,
      `codecs: expected a list of what the viewer can decode, of ${VIDEO_CODECS.join(' and ')}, got ${show(codecs)}`,
    )
  const known = VIDEO_CODECS.filter((codec) => codecs.includes(codec))
  if (known.length === 0)
    throw new SignalingError(
      406,
      `codecs: no common video codec: can decode ${codecs.join(', ').slice(0, 200)}; can send ${VIDEO_CODECS.join(', ')}`,
    )
  return known
}
