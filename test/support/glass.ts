import type { Page } from './browser.js'
import { readBits } from './images.js'

const WRAP = 2 ** 32

/** What is burned into an image for its age to be read: tenths of a millisecond since the Unix epoch, modulo 2^32. */
export function tenthsNow(): number {
  return Math.floor((performance.timeOrigin + performance.now()) * 10) % WRAP
}

/** How old the pictures on a screen were, ms. */
export interface Ages {
  readonly n: number
  readonly p50: number
  readonly p95: number
}

export function ages(all: readonly number[]): Ages {
  const sorted = [...all].sort((a, b) => a - b)
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
  return { n: sorted.length, p50: Math.round(at(0.5)), p95: Math.round(at(0.95)) }
}

/** Begins to note, for each frame that the viewer page shows, what is burned into it, and what metadata it has. */
export async function noteFrames(page: Page): Promise<void> {
  await page.evaluate(`(() => {
    const view = document.querySelector('pixelcast-view')
    const cells = 40
    globalThis.noted = []
    const context = Object.assign(document.createElement('canvas'), { width: cells, height: 1 })
      .getContext('2d', { willReadFrequently: true })
    view.addEventListener('frame', () => {
      const { video } = view
      const cell = Math.floor(video.videoWidth / cells)
      const at = performance.timeOrigin + performance.now()
      const metadata = view.metadata?.number ?? null
      // A pixel of the middle of each cell.
      context.imageSmoothingEnabled = false
      context.drawImage(video, 0, 4, cell * cells, 8, 0, 0, cells, 1)
      const { data } = context.getImageData(0, 0, cells, 1)
      noted.push({ at, metadata, bits: Array.from({ length: cells }, (_, i) => data[i * 4 + 1] >= 128) })
    })
  })()`)
}

export interface NotedFrame {
  /** ms since the Unix epoch */
  readonly at: number
  readonly metadata: number | null
  /** The burned number; undefined when it cannot be read. */
  readonly value: number | undefined
}

/** What was noted since the last call. */
export async function takeNoted(page: Page): Promise<NotedFrame[]> {
  const all =
    await page.evaluate<{ at: number; metadata: number | null; bits: boolean[] }[]>('noted.splice(0)')
  return all.map(({ at, metadata, bits }) => ({ at, metadata, value: readBits(bits) }))
}

/** Of frames that have the time burned in. */
export function agesOf(frames: readonly NotedFrame[]): number[] {
  return frames.flatMap(({ at, value }) =>
    value === undefined ? [] : [((((at * 10) % WRAP) - value + WRAP) % WRAP) / 10],
  )
}
