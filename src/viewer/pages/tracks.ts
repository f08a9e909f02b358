/** A track as `GET /tracks` describes it. */
export interface TrackInfo {
  readonly name: string
  /** Size of the last image in pixels; absent before the first. */
  readonly width?: number
  readonly height?: number
  readonly viewers: number
  /** Images taken in the last second. */
  readonly fps: number
  /** Images pushed since the track was added. */
  readonly pushed: number
}

const TIMEOUT_MS = 4_000

/** Asks the server for its tracks. Throws when it does not answer, or with something else. */
export async function fetchTracks(): Promise<TrackInfo[]> {
  const response = await fetch('tracks', { cache: 'no-store', signal: AbortSignal.timeout(TIMEOUT_MS) })
  if (!response.ok) throw new Error(`The server answered ${response.status}`)
  const { tracks } = (await response.json()) as { tracks: TrackInfo[] }
  return tracks
}
