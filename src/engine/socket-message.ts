import type { SocketViewerMessage } from '../common/socket-protocol.js'

/** Longer ones there are not. */
const LONGEST = 64

/** A message that only viewers over a WebSocket send, or undefined for any other: strangers can write here. */
export function readSocketMessage(text: string): SocketViewerMessage | undefined {
  // Most that is not one is told by its length or its beginning, and parsed elsewhere.
  if (text.length > LONGEST || !(text.includes('"got"') || text.includes('"keyframe"'))) return undefined
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const { t, frame } = value as Readonly<Record<string, unknown>>
  if (t === 'keyframe') return { t }
  return t === 'got' && Number.isSafeInteger(frame) ? { t, frame: frame as number } : undefined
}
