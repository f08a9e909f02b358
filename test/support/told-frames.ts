import type { Page } from './browser.js'
import { CODE_HEIGHT, readBits } from './images.js'

/** A frame that a page has read. */
interface SeenFrame {
  readonly rtp: number
  /** What of it was read: the frame itself, or what the video showed by then, which may be a later one. */
  readonly isItself: boolean
  /** Of the number burned into it. */
  readonly bits: string
}

/** A `metadata` event. */
interface Told {
  readonly rtp: number
  readonly number: number
  /** It came when the frame was on the screen already. */
  readonly late: boolean
}

/** Begins to note what a page's `<pixelcast-view>` presents, and what its metadata `{ number }` say. */
export async function recordTold(page: Page): Promise<void> {
  await page.evaluate(`(() => {
    const view = document.querySelector('pixelcast-view')
    const { video } = view
    const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
    const record = (globalThis.toldRecord = { seen: [], told: [] })
    const cells = 40
    const read = (source) => {
      const { videoWidth: width } = video
      if (!width) return ''
      if (context.canvas.width !== width) context.canvas.width = width
      context.drawImage(source, 0, 0, width, ${CODE_HEIGHT}, 0, 0, width, ${CODE_HEIGHT})
      const row = context.getImageData(0, ${CODE_HEIGHT / 2}, width, 1).data
      const cell = Math.floor(width / cells)
      return Array.from({ length: cells }, (_, i) => (row[(i * cell + (cell >> 1)) * 4 + 1] >= 128 ? 1 : 0)).join('')
    }
    let isInFrame = false
    view.addEventListener('frame', () => {
      isInFrame = true
      queueMicrotask(() => { isInFrame = false })
    })
    view.addEventListener('metadata', ({ detail }) =>
      record.told.push({ rtp: detail.rtpTimestamp, number: detail.data.number, late: !isInFrame }),
    )
    const isItself = 'metadata' in VideoFrame.prototype
    const see = (_now, { rtpTimestamp }) => {
      video.requestVideoFrameCallback(see)
      if (isItself) {
        const frame = new VideoFrame(video)
        record.seen.push({ rtp: frame.metadata().rtpTimestamp, isItself, bits: read(frame) })
        frame.close()
      } else record.seen.push({ rtp: rtpTimestamp, isItself, bits: read(video) })
    }
    video.requestVideoFrameCallback(see)
  })()`)
}

/** How many frames were noted. */
export function countSeen(page: Page): Promise<number> {
  return page.evaluate('toldRecord.seen.length')
}

/** What came of the frames that a page has noted. */
export interface ToldSummary {
  readonly seen: number
  /** Frames with metadata whose number could be read. */
  readonly told: number
  /** Of these, frames that show another number than their metadata name. */
  readonly mismatches: number
  /** What was read was a later frame, shown before the next callback. */
  readonly early: number
  /** The metadata came when the frame was on the screen. */
  readonly late: number
}

export async function summarizeTold(page: Page): Promise<ToldSummary> {
  const { seen, told } = await page.evaluate<{ seen: SeenFrame[]; told: Told[] }>('toldRecord')
  const numbers = new Map(told.map(({ rtp, number }) => [rtp, number]))
  const frames = seen.map(({ rtp, isItself, bits }) => ({
    isItself,
    shown: readBits([...bits].map((bit) => bit === '1')),
    told: numbers.get(rtp),
  }))
  const summary = { seen: seen.length, told: 0, mismatches: 0, early: 0 }
  for (const [index, { isItself, shown, told }] of frames.entries()) {
    if (told === undefined || shown === undefined) continue
    summary.told++
    if (told === shown) continue
    const next = frames[index + 1]?.shown ?? shown
    if (!isItself && shown > told && shown <= next) summary.early++
    else summary.mismatches++
  }
  return { ...summary, late: told.filter(({ late }) => late).length }
}
