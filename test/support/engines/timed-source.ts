import { Reel } from '../images.js'
import type { ImageTrack } from '../pixelcast.js'
import type { PresentedFrame } from '../player.js'
import { every } from '../wait.js'

const SIZE = { width: 640, height: 360 }
const FPS = 30
/** Tenths of a millisecond, in 32 bits. */
const now = () => Math.round((performance.timeOrigin + performance.now()) * 10) % 2 ** 32

/** Pushes images that say when they were made. @returns what stops it */
export function startTimedSource(track: ImageTrack): () => void {
  const reel = new Reel(SIZE.width, SIZE.height)
  return every(FPS, () => track.addImage(reel.image(now())))
}

/** From the push to the screen, ms: the median of these frames. */
export function medianLatency(frames: readonly PresentedFrame[]): number {
  const latencies = frames
    .filter((frame) => frame.value !== null)
    .map(({ value, at }) => ((((at * 10) % 2 ** 32) - value! + 2 ** 32) % 2 ** 32) / 10)
    .sort((a, b) => a - b)
  return latencies[latencies.length >> 1] ?? Number.NaN
}
