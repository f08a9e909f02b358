// A server as `createServer()` makes it, watched by Firefox as a user has it. Run by stock-firefox.test.ts in
// a network namespace with an interface besides loopback, as an ordinary computer has.
import puppeteer from 'puppeteer-core'
import { createServer } from '../../../dist/index.js'

const [executablePath] = process.argv.slice(2)
const server = await createServer({ port: 0 })
const track = server.addTrack('stock')
const data = new Uint8Array(320 * 240 * 3)
for (let at = 0; at < data.length; at += 3) data.set([200, 150, 120], at)
track.addImage({ data, width: 320, height: 240, format: 'rgb24' })

const browser = await puppeteer.launch({ browser: 'firefox', executablePath, headless: true })
try {
  const page = await browser.newPage()
  await page.goto(`${server.url}view/stock`)
  await page.waitForSelector('pixelcast-view[data-state="live"]', { timeout: 20_000 })
  const pixel = await page.evaluate(async () => {
    const { video } = document.querySelector('pixelcast-view')
    const context = document.createElement('canvas').getContext('2d')
    for (let look = 0; ; look++) {
      await new Promise((resolve) => setTimeout(resolve, 100))
      context.drawImage(video, 0, 0)
      const rgb = [...context.getImageData(100, 100, 1, 1).data].slice(0, 3)
      const isThere = [200, 150, 120].every((value, index) => Math.abs(value - rgb[index]) <= 3)
      if (isThere || look === 100) return rgb
    }
  })
  console.log(JSON.stringify({ pixel }))
} finally {
  await browser.close()
  await server.close()
}
