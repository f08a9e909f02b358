import type { Browser, Page } from './browser.js'
import type { RgbaImage } from './images.js'
import { OTHER_NAME } from './own-network.js'
import { until } from './wait.js'

export interface ViewerPageState {
  /** `data-state` of the element: `connecting`, `live`, `reconnecting`, … */
  readonly state: string
  readonly width: number
  readonly height: number
  /** What the page shows to people; `–` stands for unknown. */
  readonly texts: {
    readonly size: string
    readonly fps: string
    readonly bitrate: string
    readonly latency: string
  }
}

/** What a person sees on `GET /view/NAME`, read from the page. */
export function viewerPageState(page: Page): Promise<ViewerPageState> {
  return page.evaluate(`(() => {
    const view = document.querySelector('pixelcast-view')
    const text = (id) => document.getElementById(id).textContent.trim()
    return {
      state: view.dataset.state ?? '',
      width: view.video.videoWidth,
      height: view.video.videoHeight,
      texts: { size: text('size'), fps: text('fps'), bitrate: text('bitrate'), latency: text('latency') },
    }
  })()`)
}

/**
 * The frame that the viewer page shows now; undefined while there is none. `video`: where it is on a page that is
 * not the viewer's, as an expression.
 */
export async function viewerPagePixels(
  page: Page,
  video = "document.querySelector('pixelcast-view').video",
): Promise<RgbaImage | undefined> {
  const shown = await page.evaluate<{ width: number; height: number; data: string } | null>(`(() => {
    const video = ${video}
    const { videoWidth: width, videoHeight: height } = video
    if (!width || video.readyState < 2) return null
    const canvas = Object.assign(document.createElement('canvas'), { width, height })
    const context = canvas.getContext('2d', { willReadFrequently: true })
    context.drawImage(video, 0, 0)
    const { data } = context.getImageData(0, 0, width, height)
    let text = ''
    for (let i = 0; i < data.length; i += 8192) text += String.fromCharCode(...data.subarray(i, i + 8192))
    return { width, height, data: btoa(text) }
  })()`)
  if (!shown) return undefined
  return {
    width: shown.width,
    height: shown.height,
    data: new Uint8Array(Buffer.from(shown.data, 'base64')),
    format: 'rgba',
  }
}

/** Waits until the viewer page shows a picture that fulfils `test`; gives it. */
export function waitForPicture(
  page: Page,
  what: string,
  test: (image: RgbaImage) => boolean,
  deadline = 20_000,
): Promise<RgbaImage> {
  return until(
    `${what} on the viewer page`,
    async () => {
      const image = await viewerPagePixels(page)
      return image && test(image) && image
    },
    deadline,
  )
}

/**
 * The page of a track over the WebSocket, decoded by `WebCodecs` or, for want of it, `MSE`: pages of plain HTTP from
 * elsewhere than this machine have no WebCodecs. The server has to allow `OTHER_NAME`.
 */
export async function openSocketPage(
  browser: Browser,
  server: string,
  track: string,
  by: string,
  codec: string,
): Promise<Page> {
  const base = by === 'MSE' ? server.replace('127.0.0.1', OTHER_NAME) : server
  const page = await browser.open(new URL(`view/${track}?transport=websocket&codec=${codec}`, base).href)
  const seen = await page.evaluate<unknown[]>('[isSecureContext, typeof VideoDecoder]')
  if (`${seen}` !== (by === 'MSE' ? 'false,undefined' : 'true,function'))
    throw new Error(`the page has ${seen}`)
  return page
}
