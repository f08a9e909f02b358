/*
 * What every system under measurement is to the benchmark: a process of its own that makes images from a
 * reel in the way it is told, prints one line `{"offer": URL, "control": URL}`, and then answers
 *   POST offer          application/sdp; the answer with 200 or 201
 *   GET  control/stats  PeerStats
 *   POST control/reset  sets the counters to zero
 */

/** How images come to be. */
export type ProducerMode =
  /** So many a second, from a timer. */
  | 'live'
  /** The same, in `track.allocate()` slots; pixelcast only. */
  | 'allocate'
  /** Holds its thread for 100 ms after each image, as a detector does, and yields once between two. */
  | 'blocking'
  /** One image at the start, then nothing. */
  | 'once'
  /** One image at the start, then one for each key that a viewer presses, its number in it; pixelcast only. */
  | 'answer'

/** How long a `blocking` producer holds its thread. The Python peers have the same number. */
export const BLOCK_MS = 100

/**
 * Producers are slower than asked for by this factor. At exactly 30 or 60 images a second all images of a
 * recording would meet the display's 60 Hz in one and the same phase, a matter of luck worth up to 17 ms;
 * so they walk through all phases, twice in ten seconds. The Python peers have the same number.
 */
export const WALK = 1 + 1 / 300

export interface PeerFlags {
  /** File of raw RGBA frames, one after the other. */
  readonly reel: string
  readonly width: number
  readonly height: number
  /** Frames in the reel; it is played in a circle. */
  readonly frames: number
  readonly fps: number
  readonly producer: ProducerMode
  /** True: the time is written into each image when it is handed over. */
  readonly stamp: boolean
  /**
   * True: images are made from the start, watched or not, as in a real program. False: a system that can
   * be hurt by that (a queue that nobody empties) may begin with its first viewer, which is its best case.
   */
  readonly early: boolean
  /** Upper bound, bit/s, where the system's API has one for its users. */
  readonly bitrate?: number
  /** WHIP endpoint to publish to before it is announced; its token is in PIXELCAST_WHIP_TOKEN. pixelcast only. */
  readonly whip?: string
}

export interface PeerStats {
  /** Images handed over. */
  readonly pushed: number
  /** Of these, the ones that the system said no to at once. */
  readonly refused: number
  /** Milliseconds of the application's thread for each image, up to the last 20,000. */
  readonly pushMs: readonly number[]
  /** What viewers did, as far as the application heard of it, since the last reset; pixelcast only. */
  readonly inputs?: number
  /** Encoders running now, of a system that says so. */
  readonly encoders?: number
}

export interface PeerAddress {
  readonly offer: string
  readonly control: string
}
