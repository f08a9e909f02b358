import sharp from 'sharp'
import { describe, expect, it, vi } from 'vitest'
import {
  EVENT_FLAG_LBUTTON,
  EVENT_LBUTTONDOWN,
  EVENT_LBUTTONUP,
  HighGui,
  type MouseCallback,
  WINDOW_AUTOSIZE,
  WINDOW_FREERATIO,
  WINDOW_NORMAL,
  WND_PROP_ASPECT_RATIO,
  WND_PROP_AUTOSIZE,
  WND_PROP_FULLSCREEN,
  WND_PROP_VISIBLE,
} from '../../../src/highgui/index.js'
import { GRAY, Room } from './support.js'

describe('windows', () => {
  it('are tracks that anyone may control', () => {
    const { gui, server } = new Room()
    gui.imshow('a', GRAY)
    gui.namedWindow('b')
    gui.imshow('b', GRAY)
    gui.namedWindow('b', WINDOW_NORMAL)
    expect([...server.tracks.keys()]).toEqual(['a', 'b'])
    for (const track of server.tracks.values()) {
      expect(track.settings.control).toBe('anyone')
      expect(track.stats.pushed).toBe(1)
    }
    const { gui: other, server: second } = new Room({ control: 'nobody' })
    other.namedWindow('a')
    expect(second.tracks.get('a')?.settings.control).toBe('nobody')
  })

  it('show the same image once, however often they are told to', async () => {
    const { gui, server } = new Room()
    const pushed = () => server.tracks.get('a')?.stats.pushed
    const image = { ...GRAY, data: new Uint8Array(64 * 48) }
    for (let i = 0; i < 5; i++) gui.imshow('a', image)
    expect(pushed()).toBe(1)
    image.data[64 * 48 - 1] = 1
    gui.imshow('a', image)
    gui.imshow('a', { ...image })
    expect(pushed()).toBe(2)
    // As many bytes, and the same ones, but another picture.
    gui.imshow('a', { ...image, width: 48, height: 64 })
    expect(pushed()).toBe(3)
    for (let i = 0; i < 2; i++) gui.imshow('a', { ...image, timestamp: Date.now() })
    expect(pushed()).toBe(5)
    const png = await sharp(GRAY.data, { raw: { width: 64, height: 48, channels: 1 } })
      .png()
      .toBuffer()
    for (let i = 0; i < 2; i++) gui.imshow('a', png)
    expect(pushed()).toBe(6)
  })

  it('have the properties that mean something', () => {
    const { gui } = new Room()
    expect(gui.getWindowProperty('a', WND_PROP_VISIBLE)).toBe(0)
    expect(gui.getWindowProperty('a', WND_PROP_AUTOSIZE)).toBe(-1)
    gui.namedWindow('a')
    gui.namedWindow('b', WINDOW_NORMAL | WINDOW_FREERATIO)
    expect(gui.getWindowProperty('a', WND_PROP_VISIBLE)).toBe(1)
    expect(gui.getWindowProperty('a', WND_PROP_AUTOSIZE)).toBe(WINDOW_AUTOSIZE)
    expect(gui.getWindowProperty('b', WND_PROP_AUTOSIZE)).toBe(0)
    expect(gui.getWindowProperty('b', WND_PROP_ASPECT_RATIO)).toBe(WINDOW_FREERATIO)
    expect(gui.getWindowProperty('a', WND_PROP_FULLSCREEN)).toBe(0)
    gui.setWindowTitle('a', 'another')
    gui.resizeWindow('a', 100, 100)
    gui.moveWindow('a', 0, 0)
    gui.setWindowProperty('a', WND_PROP_FULLSCREEN, 1)
    expect(gui.getWindowProperty('a', WND_PROP_FULLSCREEN)).toBe(0)
  })

  it('are destroyed, by the program or with their server, and made again', () => {
    const { gui, server } = new Room()
    for (const name of ['a', 'b', 'c']) gui.imshow(name, GRAY)
    gui.destroyWindow('b')
    gui.destroyWindow('never there')
    server.tracks.get('c')?.detach()
    expect(['a', 'b', 'c'].map((name) => gui.getWindowProperty(name, WND_PROP_VISIBLE))).toEqual([1, 0, 0])
    gui.imshow('b', GRAY)
    expect(gui.getWindowProperty('b', WND_PROP_VISIBLE)).toBe(1)
    gui.destroyAllWindows()
    expect([...server.tracks.keys()]).toEqual(['c'])
    expect(gui.getWindowProperty('a', WND_PROP_VISIBLE)).toBe(0)
  })

  it('are not made for a bad image, a bad name or one of another track', () => {
    const { gui, server } = new Room()
    expect(() => gui.imshow('a', { ...GRAY, width: 63 })).toThrow('image.data: expected 3024 bytes')
    expect(() => gui.imshow('', GRAY)).toThrow('1 to 128 characters')
    expect(() => gui.namedWindow('a', 0.5)).toThrow('flags: expected a sum of WINDOW_ constants, got 0.5')
    expect(server.tracks.size).toBe(0)
    new HighGui({ server: server as never }).namedWindow('taken')
    expect(() => gui.imshow('taken', GRAY)).toThrow('track name')
    expect(gui.getWindowProperty('taken', WND_PROP_VISIBLE)).toBe(0)
  })

  it('that are not there are an error that says which are', () => {
    const { gui } = new Room()
    expect(() => gui.setMouseCallback('a', null)).toThrow(
      'window: expected the name of a window, and there is none, got "a"',
    )
    gui.namedWindow('edges')
    gui.namedWindow('mask')
    const message = 'window: expected the name of a window: "edges", "mask", got "a"'
    expect(() => gui.setMouseCallback('a', null)).toThrow(message)
    expect(() => gui.createTrackbar('t', 'a', 0, 1)).toThrow(message)
    expect(() => gui.getTrackbarPos('t', 'a')).toThrow(message)
    expect(() => gui.setTrackbarPos('t', 'a', 0)).toThrow(message)
    expect(() => gui.setTrackbarMin('t', 'a', 0)).toThrow(message)
    expect(() => gui.setTrackbarMax('t', 'a', 0)).toThrow(message)
    expect(() => gui.moveWindow('a', 0, 0)).toThrow(message)
    expect(() => gui.resizeWindow('a', 0, 0)).toThrow(message)
    expect(() => gui.setWindowTitle('a', 'b')).toThrow(message)
    expect(() => gui.setWindowProperty('a', 0, 0)).toThrow(message)
  })
})

describe('a mouse callback', () => {
  const at = { kind: 'mouse', id: 1, x: 5.5, y: 99, mods: 0 } as const

  it('is called with what viewers do, and what it was given', () => {
    const room = new Room()
    room.gui.imshow('a', GRAY)
    const callback = vi.fn<MouseCallback<{ count: number }>>()
    const userdata = { count: 1 }
    room.gui.setMouseCallback('a', callback, userdata)
    room.receive('a', { t: 'pointer', type: 'down', button: 0, buttons: 1, ...at })
    expect(callback.mock.calls).toEqual([[EVENT_LBUTTONDOWN, 5, 47, EVENT_FLAG_LBUTTON, userdata]])
    expect(callback.mock.calls[0]![4]).toBe(userdata)
    room.leave('a')
    expect(callback.mock.lastCall).toEqual([EVENT_LBUTTONUP, 5, 47, 0, userdata])
    room.receive('a', { t: 'wheel', x: 1, y: 1, dx: 0, dy: -100, buttons: 0, mods: 0 })
    expect(room.gui.getMouseWheelDelta(callback.mock.lastCall![3])).toBe(120)
  })

  it('takes the place of the one before, and null ends it', () => {
    const room = new Room()
    room.gui.imshow('a', GRAY)
    const [first, second] = [vi.fn(), vi.fn()]
    room.gui.setMouseCallback('a', first)
    room.gui.setMouseCallback('a', second)
    room.receive('a', { t: 'pointer', type: 'move', button: -1, buttons: 0, ...at })
    room.gui.setMouseCallback('a', null)
    room.receive('a', { t: 'pointer', type: 'move', button: -1, buttons: 0, ...at })
    expect(first).not.toHaveBeenCalled()
    expect(second).toHaveBeenCalledTimes(1)
    expect(() => room.gui.setMouseCallback('a', 5 as never)).toThrow('onMouse: expected a function, or null')
  })
})

describe('selectROI', () => {
  const rect = { x: 1, y: 2, width: 3, height: 4 }

  it('shows the image, and asks', async () => {
    const room = new Room()
    const chosen = room.gui.selectROI('a', GRAY, false, true)
    expect(room.server.tracks.get('a')?.stats.pushed).toBe(1)
    expect(room.server.commands).toEqual([{ do: 'select', id: 1, crosshair: false, fromCenter: true }])
    room.receive('a', { t: 'selected', id: 1, rect })
    expect(await chosen).toEqual(rect)
    expect(room.gui.getWindowProperty('a', WND_PROP_VISIBLE)).toBe(1)
  })

  it('is all zeros when nobody wants to, or the window goes', async () => {
    const room = new Room()
    const nothing = { x: 0, y: 0, width: 0, height: 0 }
    const declined = room.gui.selectROI(GRAY)
    expect(room.server.commands).toEqual([{ do: 'select', id: 1, crosshair: true, fromCenter: false }])
    room.receive('ROI selector', { t: 'selected', id: 1 })
    expect(await declined).toEqual(nothing)
    const destroyed = room.gui.selectROI('a', GRAY)
    room.gui.destroyAllWindows()
    expect(await destroyed).toEqual(nothing)
  })

  it('rejects what cannot be shown', async () => {
    const { gui } = new Room()
    await expect(gui.selectROI('a', 5 as never)).rejects.toThrow('image: expected')
    await expect(gui.selectROI('a', GRAY, 1 as never)).rejects.toThrow('crosshair: expected true or false')
  })

  it('comes again and again as selectROIs, until that is declined', async () => {
    const room = new Room()
    const chosen = room.gui.selectROIs('a', GRAY)
    for (const id of [1, 2]) {
      await vi.waitUntil(() => room.server.commands.length === id)
      room.receive('a', { t: 'selected', id, rect: { ...rect, x: id } })
    }
    await vi.waitUntil(() => room.server.commands.length === 3)
    room.receive('a', { t: 'selected', id: 3 })
    expect(await chosen).toEqual([
      { ...rect, x: 1 },
      { ...rect, x: 2 },
    ])
  })
})
