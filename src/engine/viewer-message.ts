import type { ViewerMessage } from '../common/channel-protocol.js'

/** A message that a viewer sent, or undefined for anything that is not one: strangers can write here. */
export function readViewerMessage(text: string): ViewerMessage | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const { t, id, at } = value as Record<string, unknown>
  if (t !== 'ping' || !Number.isSafeInteger(id) || !Number.isFinite(at)) return undefined
  return { t, id: id as number, at: at as number }
}
