/** Bits a second that each pixel gets, by default, at most. */
const BITS_PER_PIXEL_SECOND = 6
const LEAST = 1_000_000
const MOST = 60_000_000

/**
 * How much of its bitrate an encoder may spend at once, above all on a keyframe: ms of it. For so long will
 * the picture be on its way on a network that takes the bitrate and no more …
 */
const SHORTEST_BURST = 120
/** … less when somebody sees nothing until it is there; not less than half of it, so that libvpx need not be opened anew for more … */
const URGENT_BURST = 70
/** … and on one that takes three times as much, a keyframe may be as good as the pictures that follow. */
const LONGEST_BURST = 750
const ROOM_FOR_LONGEST = 3

/** What an encoder is to aim at. Rates in bit/s. */
export interface EncodeTarget {
  /** Upper bound of what is encoded. */
  readonly bitrate: number
  /** What the slowest of those who watch can be sent; above `bitrate` when the network is not the limit. */
  readonly available: number
  /** Somebody's network has collapsed: nothing is on its way to them until a keyframe is. */
  readonly isUrgent?: boolean | undefined
  /** Pictures a second; undefined: all that come. */
  readonly maxFps?: number | undefined
}

/** The upper bound of the encoded rate for a size, bit/s, when the application gave none. */
export function defaultBitrate(width: number, height: number): number {
  return Math.min(MOST, Math.max(LEAST, Math.round(width * height * BITS_PER_PIXEL_SECOND)))
}

/** The network is no limit to a keyframe. */
export function hasLongestBurst({ bitrate, available }: EncodeTarget): boolean {
  return available >= ROOM_FOR_LONGEST * bitrate
}

/** Size of the rate control's buffer, bits: what may be spent at once. */
export function burstBits({ bitrate, available, isUrgent }: EncodeTarget): number {
  if (isUrgent) return Math.round((bitrate * URGENT_BURST) / 1000)
  const room = Math.min(1, Math.max(0, (available / bitrate - 1) / (ROOM_FOR_LONGEST - 1)))
  return Math.round((bitrate * (SHORTEST_BURST + room * (LONGEST_BURST - SHORTEST_BURST))) / 1000)
}
