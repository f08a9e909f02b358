/**
 * What an application says about a frame: any JSON value. `<pixelcast-view>` draws what it finds under
 * `objects`; everything else is handed to the page as it is.
 */
export interface FrameMetadata {
  /** Drawn over the frame, in this order, by viewers that want to see them. */
  readonly objects?: readonly OverlayObject[]
  readonly [key: string]: unknown
}

/** A point in pixels of the source image; (0, 0) is the top left corner of the top left pixel. */
export type Point = readonly [x: number, y: number]

/** Something that was found in a frame. Shapes that are given are drawn; all may be left out. Coordinates are source pixels. */
export interface OverlayObject {
  /** The same for the same thing from frame to frame; for the application. */
  readonly id?: string | number
  /** Written at the object. */
  readonly label?: string
  /** Certainty, 0…1; written behind the label in percent. */
  readonly score?: number
  /** A CSS colour. Default: one that is chosen by `label`. */
  readonly color?: string
  /** `[x, y, width, height]` */
  readonly box?: readonly [x: number, y: number, width: number, height: number]
  /** Closed. */
  readonly polygon?: readonly Point[]
  /** Open. */
  readonly polyline?: readonly Point[]
  /** Points; an undefined or null one was not found. */
  readonly keypoints?: readonly (Point | null)[]
  /** Pairs of indices into `keypoints` that are connected by a line. */
  readonly skeleton?: readonly (readonly [from: number, to: number])[]
}
