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
