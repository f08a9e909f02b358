import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { launchForPages, type Page } from '../support/browser.js'
import { CliProcess } from '../support/cli-process.js'
import { psnr, type RgbaImage } from '../support/images.js'
import { PAGE_TEST } from '../support/own-network.js'
import { CameraProcess } from '../support/rtsp-camera-process.js'
import { testVideo } from '../support/video-file.js'
import { viewerPagePixels, viewerPageState, waitForPicture } from '../support/viewer-page.js'
import { until } from '../support/wait.js'
import { RED_YUV } from '../unit/cli/files.js'

const LOCAL = ['--port', '0', ...PAGE_TEST.cli]

async function snapshot(url: string, track: string): Promise<RgbaImage> {
  const response = await fetch(new URL(`tracks/${track}/snapshot.png`, url))
  expect(response.status).toBe(200)
  const { data, info } = await sharp(await response.arrayBuffer())
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { data: new Uint8Array(data), width: info.width, height: info.height, format: 'rgba' }
}

/** The picture on the page is that of the server (give or take what moved between the two looks). */
async function showsTheTrack(page: Page, url: string, track: string, likeness: number): Promise<void> {
  await waitForPicture(page, 'a picture', () => true)
  let best = 0
  await until(`a likeness of ${likeness} dB with the snapshot`, async () => {
    const [shown, source] = [await viewerPagePixels(page), await snapshot(url, track)]
    if (shown) best = Math.max(best, psnr(shown, source))
    return best >= likeness
  }).catch(() => {})
  expect(best).toBeGreaterThanOrEqual(likeness)
}

async function moves(page: Page): Promise<void> {
  const first = await waitForPicture(page, 'a picture', () => true)
  await waitForPicture(page, 'a different picture', (image) => psnr(image, first) < 45)
}

describe(`the command line, watched in ${PAGE_TEST.browser}`, () => {
  it('demo: a moving scene with what was found in it', async () => {
    const cli = CliProcess.start('demo', ...LOCAL, '--size', '640x360')
    const browser = await launchForPages()
    try {
      const url = await cli.url()
      const page = await browser.open(new URL('view/detections', url).href)
      await showsTheTrack(page, url, 'detections', 18)
      await moves(page)
      await until('the size on the page', async () =>
        /^640\s*×\s*360$/.test((await viewerPageState(page)).texts.size),
      )
      // Boxes and labels: the two tracks differ.
      expect(psnr(await snapshot(url, 'detections'), await snapshot(url, 'camera'))).toBeLessThan(40)
      await page.close()
      expect(await cli.stop(), cli.stderr).toBe(0)
    } finally {
      await browser.close()
      await cli.kill()
    }
  })

  it('serve: a video file', async () => {
    const cli = CliProcess.start('serve', await testVideo(), '--loop', '--name', 'video', ...LOCAL)
    const browser = await launchForPages()
    try {
      const url = await cli.url()
      const page = await browser.open(new URL('view/video', url).href)
      await showsTheTrack(page, url, 'video', 22)
      await moves(page)
      await page.close()
      expect(await cli.stop(), cli.stderr).toBe(0)
    } finally {
      await browser.close()
      await cli.kill()
    }
  })
})

describe(`a camera, watched in ${PAGE_TEST.browser}`, () => {
  /** Red enough, on the right, where nothing moves. */
  const isRed = ({ data, width, height }: RgbaImage) => {
    const [r = 0, g = 255, b = 255] = data.subarray((height * width - 20) * 4)
    return r > 240 && g < 20 && b < 20
  }

  it('is killed and comes back: the picture stays, then goes on', async () => {
    let camera = await CameraProcess.start(RED_YUV)
    const { port, url: address } = camera
    const cli = CliProcess.start('serve', address, '--name', 'door', ...LOCAL)
    const browser = await launchForPages()
    try {
      const url = await cli.url()
      const page = await browser.open(new URL('view/door', url).href)
      await waitForPicture(page, 'red', isRed)
      await moves(page)
      await camera.kill()
      await cli.says(/warning: door: lost: .*; trying again\n/)
      expect(isRed((await viewerPagePixels(page))!)).toBe(true)
      camera = await CameraProcess.start(RED_YUV, port)
      await cli.says(/door: back after [\d.]+ s, video 320×240, 25 fps\n/)
      await moves(page)
      expect((await viewerPageState(page)).state).toBe('live')
      await page.close()
      expect(await cli.stop(), cli.stderr).toBe(0)
    } finally {
      await browser.close()
      await cli.kill()
      await camera.kill()
    }
  })
})

describe('the command line', () => {
  it.each([
    ['a missing file', ['serve', 'no-such-file.png', '--port', '0'], /no-such-file\.png/],
    ['a file that is no image', ['serve', 'package.json', '--port', '0'], /package\.json/],
    ['an unknown command', ['cast'], /cast/],
    ['a bad port', ['demo', '--port', '99999'], /99999/],
    ['a bad address', ['demo', '--media-host', 'here'], /--media-host.*here.*IP address/],
  ])('ends with a clear word for %s', async (_, args, word) => {
    const cli = CliProcess.start(...args)
    try {
      expect(await cli.exited).not.toBe(0)
      expect(cli.stderr).toMatch(word)
      expect(cli.stderr).not.toMatch(/\n\s+at /) // No stack trace: it is not a bug.
    } finally {
      await cli.kill()
    }
  })

  it('says that the port is taken', async () => {
    const first = CliProcess.start('demo', ...LOCAL)
    try {
      const { port } = new URL(await first.url())
      const second = CliProcess.start('demo', '--port', port)
      expect(await second.exited).not.toBe(0)
      expect(second.stderr).toContain(port)
      expect(second.stderr).not.toMatch(/\n\s+at /)
    } finally {
      await first.kill()
    }
  })
})
