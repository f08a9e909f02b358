import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  EVENT_FLAG_CTRLKEY,
  EVENT_FLAG_LBUTTON,
  EVENT_FLAG_RBUTTON,
  EVENT_LBUTTONDBLCLK,
  EVENT_LBUTTONDOWN,
  EVENT_LBUTTONUP,
  EVENT_MOUSEMOVE,
  EVENT_MOUSEWHEEL,
  EVENT_RBUTTONDOWN,
  EVENT_RBUTTONUP,
  HighGui,
  type MouseCallback,
  type TrackbarCallback,
  WND_PROP_VISIBLE,
} from '../../dist/highgui/index.js'
import { type Browser, launchForPages, type Page } from '../support/browser.js'
import { flat, patches } from '../support/images.js'
import { PAGE_TEST } from '../support/own-network.js'
import { createServer, type PixelcastServer, urlOf } from '../support/pixelcast.js'
import { viewerPageState, waitForPicture } from '../support/viewer-page.js'
import { until } from '../support/wait.js'

const WIDTH = 321
const HEIGHT = 243
const VIEW = `document.querySelector('pixelcast-view')`
const SHADOW = `${VIEW}.shadowRoot`
const SLIDER = `${SHADOW}.querySelector('.trackbar [type=range]')`

interface Box {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

describe(`HighGUI in ${PAGE_TEST.browser}, by real keys and a real mouse`, () => {
  let browser: Browser
  let server: PixelcastServer
  let gui: HighGui
  let page: Page

  beforeAll(async () => {
    browser = await launchForPages()
    server = await createServer({ port: 0, ...PAGE_TEST.server })
    gui = new HighGui({ server })
    gui.imshow('w', patches(WIDTH, HEIGHT))
    page = await open('w')
  })
  afterAll(async () => {
    await browser?.close()
    await gui?.close()
    await server?.close()
  })
  afterEach(() => {
    if (gui.getWindowProperty('w', WND_PROP_VISIBLE)) gui.setMouseCallback('w', null)
  })

  async function open(window: string): Promise<Page> {
    const opened = await browser.open(new URL(`view/${window}`, urlOf(server)).href)
    await waitForPicture(opened, 'the picture', (image) => image.width >= WIDTH)
    await until('the right to control', () => opened.evaluate<boolean>(`${VIEW}.hasAttribute('data-docked')`))
    await until('the layout', async () => (await boxOf(`${SHADOW}.querySelector('.frame')`, opened)).left > 0)
    return opened
  }

  const boxOf = (element: string, from = page) =>
    from.evaluate<Box>(`(() => {
      const { left, top, width, height } = ${element}.getBoundingClientRect()
      return { left, top, width, height }
    })()`)

  /** The whole CSS pixel that lies on a pixel of the image, and which pixel that is. */
  async function over(x: number, y: number) {
    const { left, top, width, height } = await boxOf(`${SHADOW}.querySelector('.frame')`)
    const clientX = Math.floor(left + ((x + 0.5) * width) / WIDTH)
    const clientY = Math.floor(top + ((y + 0.5) * height) / HEIGHT)
    // Enlarged, so that every pixel has a whole CSS pixel of its own.
    expect(width).toBeGreaterThan(WIDTH)
    return { clientX, clientY }
  }

  async function moveTo(x: number, y: number): Promise<void> {
    const { clientX, clientY } = await over(x, y)
    await page.mouse.move(clientX, clientY)
  }

  it('changes what is shown when a key is pressed, in the loop that everybody writes', async () => {
    let colour: readonly [number, number, number] = [0, 0, 0]
    let rounds = 0
    const program = (async () => {
      while (true) {
        rounds++
        gui.imshow('w', flat(WIDTH, HEIGHT, colour))
        const key = await gui.waitKey(1)
        if (key === 'r'.charCodeAt(0)) colour = [255, 0, 0]
        if (key === 'G'.charCodeAt(0)) colour = [0, 255, 0]
        if (key === 27) break
      }
    })()
    const shows = (channel: number) =>
      waitForPicture(page, 'the colour', ({ data }) =>
        [0, 1, 2].every((c) => (c === channel ? data[c]! > 200 : data[c]! < 50)),
      )
    await page.keyboard.press('r')
    await shows(0)
    await page.keyboard.down('Shift')
    await page.keyboard.press('G')
    await page.keyboard.up('Shift')
    await shows(1)
    await page.keyboard.press('Escape')
    await program
    expect(rounds).toBeGreaterThan(10)
    gui.imshow('w', patches(WIDTH, HEIGHT))
  })

  it('gives the codes of keys that OpenCV gives', async () => {
    for (const key of ['a', 'Enter', 'Backspace', 'Delete', 'ArrowLeft', 'F2', ' '])
      await page.keyboard.press(key)
    await page.keyboard.down('Shift')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.up('Shift')
    const codes = []
    for (let i = 0; i < 9; i++) codes.push(await gui.waitKeyEx())
    // What WebDriver calls Enter is the keypad's (its Return is the other one).
    const enter = PAGE_TEST.isStock ? 65421 : 13
    expect(codes).toEqual([97, enter, 65288, 65535, 65361, 65471, 32, 65505, 65363 + 0x10000])
    for (const key of ['Delete', 'ArrowUp']) await page.keyboard.press(key)
    expect([await gui.waitKey(), await gui.waitKey()]).toEqual([255, 82])
    await page.keyboard.press('z')
    await until('pollKey', async () => (await gui.pollKey()) === 122)
    expect([await gui.waitKey(1), await gui.pollKey()]).toEqual([-1, -1])
  })

  it('tells the mouse, to the pixel', async () => {
    const onMouse = vi.fn<MouseCallback<string>>()
    gui.setMouseCallback('w', onMouse, 'userdata')
    const told = (event: number) =>
      until(`event ${event}`, () => onMouse.mock.calls.find(([e]) => e === event))
    await moveTo(0, HEIGHT - 1)
    expect(await told(EVENT_MOUSEMOVE)).toEqual([EVENT_MOUSEMOVE, 0, HEIGHT - 1, 0, 'userdata'])
    await moveTo(100, 60)
    await page.mouse.down()
    expect(await told(EVENT_LBUTTONDOWN)).toEqual([
      EVENT_LBUTTONDOWN,
      100,
      60,
      EVENT_FLAG_LBUTTON,
      'userdata',
    ])
    // Out of the picture, to the left: the first column.
    onMouse.mockClear()
    const { clientY } = await over(100, 61)
    await page.mouse.move(2, clientY)
    expect(await told(EVENT_MOUSEMOVE)).toEqual([EVENT_MOUSEMOVE, 0, 61, EVENT_FLAG_LBUTTON, 'userdata'])
    await page.mouse.up()
    expect(await told(EVENT_LBUTTONUP)).toEqual([EVENT_LBUTTONUP, 0, 61, 0, 'userdata'])
    await moveTo(200, 200)
    await page.keyboard.down('Control')
    await page.mouse.down('right')
    await page.mouse.up('right')
    await page.keyboard.up('Control')
    expect(await told(EVENT_RBUTTONDOWN)).toEqual([
      EVENT_RBUTTONDOWN,
      200,
      200,
      EVENT_FLAG_RBUTTON | EVENT_FLAG_CTRLKEY,
      'userdata',
    ])
    expect((await told(EVENT_RBUTTONUP))[3]).toBe(EVENT_FLAG_CTRLKEY)
    await page.mouse.wheel(0, -100)
    expect(gui.getMouseWheelDelta((await told(EVENT_MOUSEWHEEL))[3])).toBe(120)
    // A driver's second press counts as one of its own: the browser is told what it would make of a person's.
    const { clientX, clientY: y } = await over(7, 8)
    await page.evaluate(`${SHADOW}.querySelector('.surface').dispatchEvent(new MouseEvent('dblclick', {
      clientX: ${clientX}, clientY: ${y}, bubbles: true, cancelable: true }))`)
    expect((await told(EVENT_LBUTTONDBLCLK)).slice(0, 3)).toEqual([EVENT_LBUTTONDBLCLK, 7, 8])
    // Ctrl itself.
    while ((await gui.pollKey()) !== -1);
  })

  it('has trackbars that viewers and the program move', async () => {
    const onChange = vi.fn<TrackbarCallback>()
    gui.createTrackbar('low', 'w', 20, 200, onChange)
    await until('the trackbar', () => page.evaluate<boolean>(`${SLIDER}?.value === '20'`))
    const { left, top, width, height } = await boxOf(SLIDER)
    await page.mouse.move(left + width / 4, top + height / 2)
    await page.mouse.down()
    await page.mouse.move(left + width * 0.75, top + height / 2)
    await page.mouse.up()
    const dragged = await until('where it was dragged to', async () => {
      const shown = Number(await page.evaluate(`${SLIDER}.value`))
      return shown > 120 && onChange.mock.lastCall?.[0] === shown && shown
    })
    await page.keyboard.press('ArrowRight')
    const moved = dragged + 1
    await until('one more', () => onChange.mock.lastCall?.[0] === moved)
    // The slider has the keyboard now, but keeps only the keys that move it.
    await page.keyboard.press('q')
    expect([await gui.waitKey(), await gui.pollKey()]).toEqual([113, -1])
    expect(gui.getTrackbarPos('low', 'w')).toBe(moved)
    gui.setTrackbarPos('low', 'w', 33)
    expect(onChange).toHaveBeenLastCalledWith(33)
    await until('the page', () => page.evaluate<boolean>(`${SLIDER}.value === '33'`))
    gui.setTrackbarMax('low', 'w', 30)
    gui.setTrackbarMin('low', 'w', 10)
    await until('the range', () =>
      page.evaluate<boolean>(`${SLIDER}.max === '30' && ${SLIDER}.min === '10' && ${SLIDER}.value === '30'`),
    )
  })

  it('lets a rectangle be chosen, from a corner and from the middle, and be declined', async () => {
    const asked = () =>
      until('the question', () => page.evaluate<boolean>(`!${SHADOW}.querySelector('.select').hidden`))
    const drag = async (from: [number, number], to: [number, number]) => {
      await moveTo(...from)
      await page.mouse.down()
      await moveTo(...to)
      await page.mouse.up()
    }
    const corner = gui.selectROI('w', patches(WIDTH, HEIGHT))
    await asked()
    await drag([20, 30], [120, 90])
    await page.keyboard.press('Enter')
    const { x, y, width, height } = await corner
    // From edge to edge of pixels: the nearest to where the mouse was.
    for (const [value, wanted] of [
      [x, 20],
      [y, 30],
      [x + width, 120],
      [y + height, 90],
    ] as const)
      expect([wanted, wanted + 1]).toContain(value)
    const middle = gui.selectROI('w', patches(WIDTH, HEIGHT), false, true)
    await asked()
    await drag([100, 100], [140, 120])
    await page.keyboard.press(' ')
    const around = await middle
    expect(Math.abs(around.x + around.width / 2 - 100)).toBeLessThanOrEqual(1)
    expect(around.x).toBeLessThan(65)
    const declined = gui.selectROI('w', patches(WIDTH, HEIGHT))
    await asked()
    await page.keyboard.press('c')
    expect(await declined).toEqual({ x: 0, y: 0, width: 0, height: 0 })
    expect(await gui.pollKey()).toBe(-1)
  })

  it('ends a window for those who watch, and waitKey with the last one', async () => {
    gui.imshow('another', patches(WIDTH, HEIGHT))
    const waiting = gui.waitKey()
    gui.destroyWindow('w')
    expect(gui.getWindowProperty('w', WND_PROP_VISIBLE)).toBe(0)
    await until('the page', async () => (await viewerPageState(page)).state !== 'live')
    gui.destroyAllWindows()
    expect(await waiting).toBe(-1)
    expect(server.tracks).toEqual([])
  })
})
