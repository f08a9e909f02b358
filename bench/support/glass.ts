import { summarize } from '../statistics.js'
import type { Recording } from './stage.js'

/** Stamps are 32 bits of tenths of a millisecond. */
const TENTHS = 10
const STAMP_RANGE = 2 ** 32

/** An image that was not on screen before: when it was painted, ms on the clock of the stamps, and how old it was. */
export interface PaintedImage {
  readonly at: number
  readonly age: number
}

/** From what a page painted to images. */
export function paintedImages({ frames }: Recording, offset: number) {
  const images: PaintedImage[] = []
  let unreadable = 0
  let repeated = 0
  let missed = 0
  let lastStamp: number | null = null
  let lastPresented: number | undefined
  for (const [at, stamp, presented] of frames) {
    // The browser's own count says when a frame was painted between two callbacks.
    if (lastPresented !== undefined) missed += Math.max(0, presented - lastPresented - 1)
    lastPresented = presented
    if (stamp === null) unreadable++
    else if (stamp === lastStamp) repeated++
    else {
      images.push({ at: at + offset, age: age(at + offset, stamp) })
      lastStamp = stamp
    }
  }
  return { images, unreadable, repeated, missed }
}

/** From what a page painted to numbers. */
export function readRecording(recording: Recording, ms: number, offset: number) {
  const { images, unreadable, repeated, missed } = paintedImages(recording, offset)
  const { before, after, width } = recording
  const decoded = after.decoded - before.decoded
  const buffered = after.buffered - before.buffered
  const { n, p50, p95, p99, max } = summarize(images.map(({ age }) => age))
  return {
    n,
    p50,
    p95,
    p99,
    max,
    /** Different images seen, a second. */
    seen: (n * 1000) / ms,
    missed,
    unreadable,
    repeated,
    kbps: ((after.bytes - before.bytes) * 8) / ms,
    lost: after.lost - before.lost,
    pli: after.pli - before.pli,
    decodeMs: decoded > 0 ? (after.decodeMs - before.decodeMs) / decoded : Number.NaN,
    bufferMs: buffered > 0 ? (after.bufferMs - before.bufferMs) / buffered : Number.NaN,
    width,
  }
}

/** How old an image is, ms, when its stamp is `stamp` and the clock of the stamps says `now` (ms). */
export function age(now: number, stamp: number): number {
  const difference = (((now * TENTHS - stamp) % STAMP_RANGE) + STAMP_RANGE) % STAMP_RANGE
  return (difference > STAMP_RANGE / 2 ? difference - STAMP_RANGE : difference) / TENTHS
}
