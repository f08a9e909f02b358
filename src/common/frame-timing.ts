/** Where the time of a frame of a new image went before it was sent. Times in ms. */
export interface FrameTiming {
  /** From `addImage` (or the time that the image was stamped with) until the engine took it. */
  readonly queue: number
  readonly convert: number
  readonly encode: number
  /** On the monotonic clock. */
  readonly encodedAt: number
}

/** Where the time of a frame goes on the server. Medians, ms. */
export interface SendingTimes {
  /** From `addImage` (or the time that the image was stamped with) until the engine took it. */
  readonly queue: number
  /** Decoding, if it was compressed; conversion and scaling. */
  readonly convert: number
  /** In the encoder. */
  readonly encode: number
  /** From the encoder until its last packet has left. */
  readonly pace: number
}
