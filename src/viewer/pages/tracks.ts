import type { TrackInfo } from './track-info.js'

const TIMEOUT_MS = 4_000

/** The server wants to know who asks. */
export class AccessError extends Error {
  override readonly name = 'AccessError'
}

/** Asks the server for its tracks. Throws `AccessError`, or when it does not answer, or with something else. */
export async function fetchTracks(): Promise<TrackInfo[]> {
  const response = await fetch('tracks', { cache: 'no-store', signal: AbortSignal.timeout(TIMEOUT_MS) })
  if (response.status === 401 || response.status === 403) throw new AccessError('No access')
  if (!response.ok) throw new Error(`The server answered ${response.status}`)
  const { tracks } = (await response.json()) as { tracks: TrackInfo[] }
  return tracks
}
