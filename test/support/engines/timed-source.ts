import { Reel } from '../images.js'
import type { ImageTrack } from '../pixelcast.js'
import type { PresentedFrame } from '../player.js'
import { every } from '../wait.js'

const SIZE = { width: 640, height: 360 }
const FPS = 30
/** Tenths of a millisecond, in 32 bits. */
const now = () => Math.round((performance.timeOrigin + performance.now()) * 10) % 2 ** 32

/** Pushes images that say when they were made. @returns what stops it */
export function startTimedSource(track: ImageTrack, size = SIZE): () => void {
  const reel = new Reel(size.width, size.height)
  return every(FPS, () => track.addImage(reel.image(now())))
}

/** To the nearest: the clocks of two processes differ by some ms, and a short time may come out below 0. */
function wrapped(ticks: number): number {
  return ((((ticks + 2 ** 31) % 2 ** 32) + 2 ** 32) % 2 ** 32) - 2 ** 31
}

/** From the push to the screen, ms: the median of these frames. Only differences are exact. */
export function medianLatency(frames: readonly PresentedFrame[]): number {
  const latencies = frames
    .filter((frame) => frame.value !== null)
    .map(({ value, at }) => wrapped(at * 10 - value!) / 10)
    .sort((a, b) => a - b)
  return latencies[latencies.length >> 1] ?? Number.NaN
}
