import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Browser, launchForPages, type Page } from '../support/browser.js'
import { patchCentres, patches, type RgbaImage } from '../support/images.js'
import { PAGE_TEST } from '../support/own-network.js'
import { createServer, type ImageTrack, type PixelcastServer, urlOf } from '../support/pixelcast.js'
import { waitForPicture } from '../support/viewer-page.js'
import { until } from '../support/wait.js'

const WIDTH = 641
const HEIGHT = 479
const VIEW = `document.querySelector('pixelcast-view')`
const SHADOW = `${VIEW}.shadowRoot`

type Seen = Record<string, unknown> & { readonly kind: string }
interface Box {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

describe(`the element in ${PAGE_TEST.browser}, by real keys and a real mouse`, () => {
  let browser: Browser
  let server: PixelcastServer
  let track: ImageTrack
  let page: Page
  /** What came to the application, in order. */
  let seen: Seen[]

  beforeAll(async () => {
    browser = await launchForPages()
    server = await createServer({ port: 0, ...PAGE_TEST.server })
    track = server.addTrack('window', { control: 'anyone' })
    track.on('key', (input) => seen.push({ ...input, kind: 'key' }))
    track.on('pointer', (input) => seen.push({ ...input, kind: 'pointer' }))
    track.on('wheel', (input) => seen.push({ ...input, kind: 'wheel' }))
    track.addImage(patches(WIDTH, HEIGHT))
    track.addControl({ name: 'threshold', max: 100, value: 20 })
    page = await open()
  })
  afterAll(async () => {
    await browser?.close()
    await server?.close()
  })
  beforeEach(() => {
    seen = []
  })

  async function open(): Promise<Page> {
    const page = await browser.open(new URL('view/window', urlOf(server)).href)
    await waitForPicture(page, 'the picture', (image) => image.width >= WIDTH)
    await until('the right to control', () => page.evaluate<boolean>(`${VIEW}.hasAttribute('data-docked')`))
    // The bar and the head have taken their places, and the picture what is left.
    await until('the layout', async () => (await stage(page)).left > 0)
    return page
  }

  /** Where the image lies in the window, as the browser has laid it out. */
  const stage = (page: Page) =>
    page.evaluate<Box>(`(() => {
      const { left, top, width, height } = ${SHADOW}.querySelector('.frame').getBoundingClientRect()
      return { left, top, width, height }
    })()`)
  const window_ = () =>
    page.evaluate<{ width: number; height: number }>('({ width: innerWidth, height: innerHeight })')
  const arrived = (what: string, find: (input: Seen) => boolean) => until(what, () => seen.find(find))

  /** Clicks in the middle of what the shadow tree has of that selector. */
  async function click(selector: string): Promise<void> {
    const [x, y] = await page.evaluate<[number, number]>(`(() => {
      const { left, top, width, height } = ${SHADOW}.querySelector('${selector}').getBoundingClientRect()
      return [left + width / 2, top + height / 2]
    })()`)
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.mouse.up()
  }

  /** The whole CSS pixel that lies on a source pixel, and where in it that is. */
  async function over(x: number, y: number) {
    const box = await stage(page)
    const clientX = Math.floor(box.left + ((x + 0.5) * box.width) / WIDTH)
    const clientY = Math.floor(box.top + ((y + 0.5) * box.height) / HEIGHT)
    const source = {
      x: ((clientX - box.left) * WIDTH) / box.width,
      y: ((clientY - box.top) * HEIGHT) / box.height,
    }
    return { clientX, clientY, source, box }
  }

  it('tells the mouse in source pixels, exact, at three zooms and with letterboxing', async () => {
    for (const zoom of [undefined, 1, 7] as const) {
      await page.evaluate(
        zoom === undefined ? `${VIEW}.resetZoom()` : `${VIEW}.zoomTo(${zoom}, { x: 320, y: 240 })`,
      )
      for (const [x, y] of [
        [320, 240],
        [zoom ? 300 : 0, zoom ? 230 : 478],
        [zoom ? 345 : 640, zoom ? 255 : 0],
      ] as const) {
        const { clientX, clientY, source, box } = await over(x, y)
        // Letterboxed: the picture begins right of the window's left edge.
        if (zoom !== 7) expect(box.left).toBeGreaterThan(10)
        if (zoom === 7) expect(box).toMatchObject({ width: WIDTH * 7, height: HEIGHT * 7 })
        seen = []
        await page.mouse.move(clientX, clientY)
        await page.mouse.down()
        await page.mouse.up()
        const down = await arrived('a click', ({ type }) => type === 'down')
        await arrived('its end', ({ type }) => type === 'up')
        expect([Math.floor(down.x as number), Math.floor(down.y as number)]).toEqual([
          Math.floor(source.x),
          Math.floor(source.y),
        ])
        expect(down.x).toBeCloseTo(source.x, 2)
        expect(down.y).toBeCloseTo(source.y, 2)
        // Where pixels are shown at their size or larger, it is the very one.
        if (box.width >= WIDTH) expect([Math.floor(source.x), Math.floor(source.y)]).toEqual([x, y])
        expect(seen.map(({ type }) => type)).toEqual(['move', 'down', 'up'])
      }
    }
    await page.evaluate(`${VIEW}.resetZoom()`)
  })

  it('tells buttons, drags that leave the picture, and the wheel', async () => {
    const { clientX, clientY, box } = await over(100, 100)
    await page.mouse.move(clientX, clientY)
    await page.mouse.down('right')
    await page.mouse.move(2, clientY)
    await page.mouse.up('right')
    const up = await arrived('the button', ({ type }) => type === 'up')
    expect(seen).toContainEqual(expect.objectContaining({ type: 'down', button: 2, buttons: 2 }))
    expect(up).toMatchObject({ button: 2, buttons: 0 })
    // Captured: outside, left of the first pixel.
    expect(up.x).toBeCloseTo(((2 - box.left) * WIDTH) / box.width, 1)
    expect(up.x).toBeLessThan(0)
    await page.mouse.move(clientX, clientY)
    await page.mouse.wheel(0, 120)
    expect(await arrived('the wheel', ({ kind }) => kind === 'wheel')).toMatchObject({ dx: 0 })
    expect(seen.find(({ kind }) => kind === 'wheel')?.dy).toBeGreaterThan(0)
    expect(await page.evaluate(`${VIEW}.zoom`)).toBeCloseTo(box.width / WIDTH, 2)
  })

  it('tells the mouse exactly when the element is so many and a half CSS pixels wide', async () => {
    const resize = (width: string, height: string) =>
      page.evaluate(`void Object.assign(${VIEW}.style, { width: '${width}', height: '${height}' })`)
    await resize('900.5px', '700.5px')
    await until('the layout', () =>
      page.evaluate<boolean>(`${SHADOW}.querySelector('.surface').getBoundingClientRect().width === 900.5`),
    )
    await page.evaluate(`${VIEW}.zoomTo(8, { x: 600, y: 440 })`)
    for (const [x, y] of [
      [600, 440],
      [634, 465],
    ] as const) {
      const { clientX, clientY, source } = await over(x, y)
      seen = []
      await page.mouse.move(clientX, clientY)
      // The browser may tell of the last place once more when the layout changes.
      const move = await arrived(
        'a move there',
        (input) => input.type === 'move' && Math.abs((input.x as number) - source.x) < 1,
      )
      expect(move.x).toBeCloseTo(source.x, 2)
      expect(move.y).toBeCloseTo(source.y, 2)
    }
    await resize('', '')
    await page.evaluate(`${VIEW}.resetZoom()`)
    await until('the layout', () => page.evaluate<boolean>(`${VIEW}.clientWidth === innerWidth`))
  })

  it('tells a double click', async () => {
    const { clientX, clientY, source } = await over(50, 60)
    await page.mouse.doubleClick(clientX, clientY)
    const double = await arrived('it', ({ type }) => type === 'double')
    expect(double.button).toBe(0)
    expect(double.x).toBeCloseTo(source.x, 2)
    expect(double.y).toBeCloseTo(source.y, 2)
    expect(seen.filter(({ type }) => type === 'down')).toHaveLength(2)
  })

  it('tells keys, leaves the browser its own, and releases what is held when it loses the keyboard', async () => {
    const { clientX, clientY } = await over(320, 240)
    await page.mouse.move(clientX, clientY)
    await page.mouse.down()
    await page.mouse.up()
    await page.keyboard.press('a')
    await page.keyboard.press('Escape')
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.down('q')
    await arrived('q', ({ key }) => key === 'q')
    await page.keyboard.press('Tab')
    await until('q to be released', () => seen.filter(({ key }) => key === 'q').length === 2)
    await page.keyboard.up('q')
    const keys = seen.filter(({ kind }) => kind === 'key').map(({ type, key, code }) => [type, key, code])
    expect(keys).toEqual([
      ['down', 'a', 'KeyA'],
      ['up', 'a', 'KeyA'],
      ['down', 'Escape', 'Escape'],
      ['up', 'Escape', 'Escape'],
      ['down', 'ArrowLeft', 'ArrowLeft'],
      ['up', 'ArrowLeft', 'ArrowLeft'],
      ['down', 'q', 'KeyQ'],
      ['up', 'q', 'KeyQ'],
    ])
    // Tab led on, to a trackbar, which passes on what it has no use for.
    expect(await page.evaluate(`${SHADOW}.activeElement.getAttribute('aria-label')`)).toBe('threshold')
    await page.keyboard.down('w')
    await arrived('w', ({ key }) => key === 'w')
    await page.keyboard.press('Tab')
    await until('w to be released', () => seen.filter(({ key }) => key === 'w').length === 2)
    await page.keyboard.up('w')
  })

  it('has the keyboard again after a click on its bar', async () => {
    await click('.bar [title="Statistics"]')
    await page.keyboard.press(' ')
    await page.keyboard.press('k')
    await arrived('k', ({ key }) => key === 'k')
    expect(seen.find(({ key }) => key === ' ')).toBeDefined()
    expect(await page.evaluate(`${VIEW}.stats`)).toBe(true)
    await click('.bar [title="Statistics"]')
    expect(await page.evaluate(`${VIEW}.stats`)).toBe(false)
  })

  it('moves a trackbar in another viewer when it is moved in one', async () => {
    const other = await open()
    await page.bringToFront()
    const value = (page: Page) =>
      page.evaluate<string>(`${SHADOW}.querySelector('.trackbar [type=range]').value`)
    expect(await value(other)).toBe('20')
    const bar = await page.evaluate<Box>(`(() => {
      const { left, top, width, height } = ${SHADOW}.querySelector('.trackbar [type=range]').getBoundingClientRect()
      return { left, top, width, height }
    })()`)
    const y = bar.top + bar.height / 2
    await page.mouse.move(bar.left + bar.width * 0.3, y)
    await page.mouse.down()
    for (let step = 3; step <= 8; step++) await page.mouse.move(bar.left + (bar.width * step) / 10, y)
    await page.mouse.up()
    await page.keyboard.press('ArrowRight')
    const moved = await value(page)
    expect(Number(moved)).toBeGreaterThan(70)
    await until('the other viewer', async () => (await value(other)) === moved)
    expect(await other.evaluate(`${SHADOW}.querySelector('.trackbar [type=number]').value`)).toBe(moved)
    expect(track.getControl('threshold')).toBe(Number(moved))
    track.setControl('threshold', 5)
    for (const viewer of [page, other])
      await until('the application', async () => (await value(viewer)) === '5')

    // Corrected while it is held: it stays under the mouse until it is let go.
    await page.mouse.move(bar.left + bar.width * 0.3, y)
    await page.mouse.down()
    await page.mouse.move(bar.left + bar.width * 0.6, y)
    const dragged = await value(page)
    await until('the drag', async () => (await value(other)) === dragged)
    track.setControl('threshold', 33)
    await until('the correction', async () => (await value(other)) === '33')
    expect(await value(page)).toBe(dragged)
    await page.mouse.up()
    await until('the correction where it was dragged', async () => (await value(page)) === '33')

    // Away and back again: it listens all the same.
    const thumb = bar.left + 8 + (bar.width - 16) * 0.33
    await page.mouse.move(thumb, y)
    await page.mouse.down()
    const begun = await value(page)
    await page.mouse.move(bar.left + bar.width * 0.8, y)
    const away = await value(page)
    await until('the drag away', async () => (await value(other)) === away)
    await page.mouse.move(thumb, y)
    await page.mouse.up()
    await until('the way back', async () => (await value(other)) === begun)
    expect(await value(page)).toBe(begun)
    track.setControl('threshold', 5)
    await until('the application', async () => (await value(page)) === '5')
    await other.close()
  })

  it('keeps the picture when the server closes its channel, and gives up the control', async () => {
    const other = await open()
    await other.evaluate(`(() => {
      window.events = []
      for (const type of ['state', 'rights', 'frame'])
        ${VIEW}.addEventListener(type, () => events.push(type))
      // More than a message may have.
      ${VIEW}.viewer.send({ t: 'key', key: 'x'.repeat(5_000) })
    })()`)
    await until('the loss', () => other.evaluate<boolean>(`!${VIEW}.hasAttribute('data-docked')`))
    await other.evaluate('void (events.length = 0)')
    track.addImage(patches(WIDTH, HEIGHT))
    await until('a frame', () => other.evaluate<boolean>("events.includes('frame')"))
    expect(await other.evaluate(`events.filter((type) => type !== 'frame')`)).toEqual([])
    expect(await other.evaluate(`${VIEW}.dataset.state`)).toBe('live')
    await until('both viewers', () => track.stats.viewers === 2)
    await other.close()
    await page.bringToFront()
  })

  it('lets a rectangle be chosen, exact to the pixel, and be declined', async () => {
    const chosen = track.selectRectangle()
    await until('the question', () => page.evaluate<boolean>(`!${SHADOW}.querySelector('.select').hidden`))
    const from = await over(100, 50)
    const to = await over(300, 250)
    await page.mouse.move(from.clientX, from.clientY)
    await page.mouse.down()
    await page.mouse.move(to.clientX, to.clientY)
    await page.mouse.up()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Enter')
    const x = Math.round(from.source.x)
    const y = Math.round(from.source.y)
    expect(await chosen).toMatchObject({
      x: x + 1,
      y,
      width: Math.round(to.source.x) - x,
      height: Math.round(to.source.y) - y,
    })
    const declined = track.selectRectangle()
    await until('the question', () => page.evaluate<boolean>(`!${SHADOW}.querySelector('.select').hidden`))
    const free = (key: string) =>
      page.evaluate<boolean>(`${SHADOW}.querySelector('.surface').dispatchEvent(
        new KeyboardEvent('keydown', { key: '${key}', code: '${key}', bubbles: true, cancelable: true }))`)
    expect([await free('F5'), await free('F12'), await free('F2')]).toEqual([true, true, false])
    await page.keyboard.press('c')
    expect(await declined).toBeUndefined()
    // Whoever types elsewhere goes on typing, until they turn to the question.
    await page.evaluate(`(() => {
      window.field = Object.assign(document.createElement('input'), { style: 'position: fixed; left: 0; top: 0' })
      document.body.append(field)
      field.focus()
    })()`)
    const third = track.selectRectangle()
    await until('the question', () => page.evaluate<boolean>(`!${SHADOW}.querySelector('.select').hidden`))
    expect(await page.evaluate('document.activeElement === field')).toBe(true)
    await page.evaluate('field.remove()')
    await click('.select .hint button:last-child')
    expect(await third).toBeUndefined()
    expect(await page.evaluate(`${SHADOW}.activeElement?.className`)).toContain('surface')
    // None of that was for the application.
    expect(seen.filter(({ type }) => type === 'down')).toEqual([])
  })

  it('reads the pixel under the mouse', async () => {
    for (const [index, patch] of patchCentres(WIDTH, HEIGHT).entries()) {
      if (index % 5 !== 0) continue
      const { clientX, clientY, source } = await over(
        Math.round(patch.x + patch.width / 2),
        Math.round(patch.y + patch.height / 2),
      )
      await page.mouse.move(clientX, clientY)
      await until(`the colour ${patch.colour}`, async () => {
        const [place = '', colour = ''] = await page.evaluate<string[]>(
          `[...${SHADOW}.querySelectorAll('.readout span')].map((span) => span.textContent)`,
        )
        if (place !== `${Math.floor(source.x)}, ${Math.floor(source.y)}`) return false
        const read = colour.split(' ').map(Number)
        return read.length === 3 && patch.colour.every((channel, i) => Math.abs(channel - read[i]!) <= 3)
      })
    }
  })

  it('gives a snapshot of exactly the image', async () => {
    const { width, height, data } = await page.evaluate<{
      width: number
      height: number
      data: string
    }>(`(async () => {
      const file = await ${VIEW}.snapshot()
      const bitmap = await createImageBitmap(file)
      const { width, height } = bitmap
      const canvas = Object.assign(document.createElement('canvas'), { width, height })
      const context = canvas.getContext('2d')
      context.drawImage(bitmap, 0, 0)
      const bytes = context.getImageData(0, 0, width, height).data
      let text = ''
      for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192))
      return { width, height, data: file.type + ' ' + btoa(text) }
    })()`)
    const [type, pixels = ''] = data.split(' ')
    expect({ type, width, height }).toEqual({ type: 'image/png', width: WIDTH, height: HEIGHT })
    const image: RgbaImage = {
      width,
      height,
      format: 'rgba',
      data: new Uint8Array(Buffer.from(pixels, 'base64')),
    }
    for (const { colour, ...area } of patchCentres(WIDTH, HEIGHT)) {
      const offset = ((area.y + (area.height >> 1)) * width + area.x + (area.width >> 1)) * 4
      for (let c = 0; c < 3; c++)
        expect(Math.abs(image.data[offset + c]! - colour[c]!)).toBeLessThanOrEqual(3)
    }
  })

  it('records a file that plays, through a change of size', async () => {
    await page.evaluate(`void (window.recording = ${VIEW}.record())`)
    await until('some of it', () => page.evaluate<boolean>('recording.seconds > 0.6'))
    // Only moved, to where it was.
    await page.evaluate(`void ${VIEW}.parentNode.insertBefore(${VIEW}, ${VIEW}.nextSibling)`)
    expect(await page.evaluate<boolean>(`${VIEW}.recording === recording`)).toBe(true)
    track.addImage(patches(320, 240))
    await waitForPicture(page, 'the smaller image', (image) => image.width === 320)
    await until('some of that', () => page.evaluate<boolean>('recording.seconds > 1.5'))
    const file = await page.evaluate<{
      type: string
      width: number
      height: number
      played: number
      red: number[]
    }>(`(async () => {
      const file = await recording.stop()
      const { seconds } = recording
      const video = Object.assign(document.createElement('video'), { muted: true, src: URL.createObjectURL(file) })
      await video.play()
      await new Promise((resolve, reject) => {
        video.onended = resolve
        video.onerror = () => reject(new Error(video.error.message))
      })
      const { videoWidth: width, videoHeight: height } = video
      const context = Object.assign(document.createElement('canvas'), { width, height }).getContext('2d')
      context.drawImage(video, 0, 0)
      const red = [...context.getImageData(40, 50, 1, 1).data]
      return { type: file.type, width, height, played: video.currentTime / seconds, red }
    })()`)
    expect(file).toMatchObject({ type: 'video/webm', width: WIDTH + 1, height: HEIGHT + 1 })
    expect(file.played).toBeGreaterThan(0.6)
    // The last frame shows the first patch of the smaller image, enlarged: red.
    expect(file.red[0]).toBeGreaterThan(220)
    expect(file.red[1]).toBeLessThan(40)
    expect(file.red[2]).toBeLessThan(40)
    expect(await page.evaluate<boolean>(`${VIEW}.recording === undefined`)).toBe(true)
  })

  it('zooms and moves by wheel, keys and mouse when nobody listens, and sends nothing', async () => {
    await page.evaluate(`void (${VIEW}.input = 'off')`)
    await until('the viewer that only watches', () =>
      page.evaluate<boolean>(`!${VIEW}.hasAttribute('data-docked') && ${VIEW}.dataset.state === 'live'`),
    )
    await until('its picture', () =>
      page.evaluate<boolean>(`${VIEW}.video.readyState >= 2 && ${VIEW}.zoom > 0`),
    )
    const size = await window_()
    await page.mouse.move(size.width / 2, size.height / 2)
    await page.mouse.down()
    await page.mouse.up()
    const zoom = () => page.evaluate<number>(`${VIEW}.zoom`)
    const fits = await zoom()
    await page.mouse.wheel(0, -240)
    await until('the wheel', async () => (await zoom()) > fits * 1.2)
    await page.keyboard.press('1')
    expect(await zoom()).toBeCloseTo(1, 2)
    await page.evaluate(`${VIEW}.zoomTo(8)`)
    const before = await stage(page)
    await page.mouse.down()
    await page.mouse.move(size.width / 2 - 50, size.height / 2 + 30)
    await page.mouse.up()
    const after = await stage(page)
    expect([after.left - before.left, after.top - before.top]).toEqual([-50, 30])
    await page.keyboard.press('0')
    expect(await zoom()).toBe(fits)
    expect(seen).toEqual([])
  })

  it('ends its session while nobody sees it, and comes back', async () => {
    await page.evaluate(`${VIEW}.setAttribute('pause-hidden', '0')`)
    await page.evaluate(`void (${VIEW}.style.translate = '0 3000px')`)
    await until('the end', () => page.evaluate<boolean>(`${VIEW}.dataset.state === 'paused'`))
    await until('the server to know', () => track.stats.viewers === 0)
    // Another track in the meantime: the last one's picture is not its.
    expect(await page.evaluate<boolean>(`${VIEW}.hasAttribute('data-picture')`)).toBe(true)
    expect(
      await page.evaluate(`(async () => {
        const { src } = ${VIEW}
        ${VIEW}.src = '../whep/another'
        const said = await ${VIEW}.snapshot().catch(({ message }) => message)
        const { videoWidth } = ${VIEW}.video
        ${VIEW}.src = src
        return [said, videoWidth, ${VIEW}.hasAttribute('data-picture')]
      })()`),
    ).toEqual(['There is no picture yet', 0, false])
    await page.evaluate(`void (${VIEW}.style.translate = '')`)
    await until('the return', () => page.evaluate<boolean>(`${VIEW}.dataset.state === 'live'`))
    expect(page.log.filter((line) => line.startsWith('uncaught'))).toEqual([])
  })
})
