import type { Page } from './browser.js'
import type { RgbaImage } from './images.js'
import { viewerPagePixels } from './viewer-page.js'
import { until } from './wait.js'

const VIEW = "document.querySelector('pixelcast-view')"
const SHADOW = `${VIEW}.shadowRoot`

export interface Recorded {
  /** Of the file that plays it has so much, of what was recorded. */
  readonly played: number
  /** Its last picture. */
  readonly last: RgbaImage
}

/** Records what the page shows, for so many seconds, and plays the file in the page. */
export async function record(page: Page, seconds: number): Promise<Recorded> {
  await page.evaluate(`void (window.recording = ${VIEW}.record())`)
  await until('some of it', () => page.evaluate<boolean>(`recording.seconds > ${seconds}`))
  const played = await page.evaluate<number>(`(async () => {
    const file = await recording.stop()
    const video = Object.assign(document.createElement('video'), { muted: true, src: URL.createObjectURL(file) })
    window.file = video
    await video.play()
    await new Promise((resolve, reject) => {
      video.onended = resolve
      video.onerror = () => reject(new Error(video.error.message))
    })
    return video.currentTime / recording.seconds
  })()`)
  const last = await until('its last picture', () => viewerPagePixels(page, 'file'))
  return { played, last }
}

/** What the first trackbar stands at. */
export function trackbar(page: Page): Promise<string> {
  return page.evaluate(`${SHADOW}.querySelector('.trackbar [type=range]').value`)
}

/** Moves the first trackbar by the keyboard. */
export async function pushTrackbar(page: Page, key: string): Promise<void> {
  await page.bringToFront()
  await page.evaluate(`${SHADOW}.querySelector('.trackbar [type=range]').focus()`)
  await page.keyboard.press(key)
}

/** Clicks on a place of the window; gives the pixel of the source image that lies there, by the browser's layout. */
export async function click(page: Page, x: number, y: number): Promise<{ x: number; y: number }> {
  const { left, top, scale } = await page.evaluate<{ left: number; top: number; scale: number }>(`(() => {
    const { left, top, width } = ${SHADOW}.querySelector('.frame').getBoundingClientRect()
    return { left, top, scale: width / ${VIEW}.viewer.size.width }
  })()`)
  await page.mouse.move(x, y)
  await page.mouse.down()
  await page.mouse.up()
  return { x: (x - left) / scale, y: (y - top) / scale }
}
