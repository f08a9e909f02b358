import { checkOption, OptionError, show } from '../common/errors.js'
import type { SyncImageLike } from '../image/index.js'
import { WINDOW_AUTOSIZE, WND_PROP_VISIBLE } from './constants.js'
import { KeyQueue, NO_KEY } from './key-queue.js'
import { wheelDelta } from './mouse.js'
import type { HighGuiOptions } from './options.js'
import { Screen } from './screen.js'
import type { TrackbarCallback } from './trackbars.js'
import { type MouseCallback, type Rect, Window } from './window.js'

/** `waitKey(1)` is how programs say: no longer than it takes to look. Ms. */
const SHORTEST_DELAY = 1
/** What `selectROI` calls its window when it is given none, as in OpenCV. */
const ROI_WINDOW = 'ROI selector'

/**
 * OpenCV's HighGUI in browsers: windows of its own, and keys, mouse and trackbars of theirs. The functions of
 * `pixelcast/highgui` are the methods of one that all modules of a program share; make another for windows that
 * have nothing to do with those.
 */
export class HighGui {
  readonly #windows = new Map<string, Window>()
  readonly #keys = new KeyQueue()
  readonly #screen: Screen
  /** When `waitKey` gave the last answer, ms. */
  #answeredAt = 0

  /** @throws OptionError naming the option */
  constructor(options: HighGuiOptions = {}) {
    this.#screen = new Screen(options, (error) => {
      const isHeard = this.#keys.fail(error)
      // Nobody will ever see them.
      this.destroyAllWindows()
      return isHeard
    })
  }

  /**
   * Says where windows are shown. To be called before the first one is made.
   *
   * @throws OptionError naming the option, or because it is too late
   */
  configure(options: HighGuiOptions): void {
    this.#screen.configure(options)
  }

  /**
   * Where the windows can be watched, once the server is there; it is started if need be. Undefined with a server
   * that does not listen. With the token that was made for it, if one was.
   */
  async serverUrl(): Promise<string | undefined> {
    return this.#screen.url()
  }

  /**
   * Makes a window; one of that name that is there stays as it is.
   *
   * @param window name, shown to viewers, part of the URL; 1 to 128 characters
   * @param flags `WINDOW_` constants. A browser's window is resized by the person in front of it: no flag changes that
   * @throws OptionError for a bad name, or one that another track of the server has
   */
  namedWindow(window: string, flags = WINDOW_AUTOSIZE): void {
    if (!this.#windows.has(window)) this.#open(window, this.#make(window, flags))
  }

  /**
   * Shows an image in a window, which is made if need be. Its bytes are copied before this returns. The first
   * window starts a server.
   *
   * @param image what `track.addImage` takes; besides, OpenCV.js Mats of `CV_8S`, `CV_16U`, `CV_16S`, `CV_32F` and
   *   `CV_64F`, which are scaled as OpenCV does: floating-point numbers from 0 to 1 become 0 to 255
   * @throws ImageError naming the field; what was shown before stays
   * @throws OptionError for a bad name. @throws ListenError when the server could not be started
   */
  imshow(window: string, image: SyncImageLike): void {
    const there = this.#windows.get(window)
    if (there) {
      this.#screen.check()
      there.show(image)
      return
    }
    const made = this.#make(window, WINDOW_AUTOSIZE)
    made.show(image)
    this.#open(window, made)
  }

  /**
   * Waits for a key in any of the windows. Meanwhile, and at least for a turn of the event loop, everything else of
   * the program runs: callbacks, timers, sockets.
   *
   * @param delay ms; 0 or less: until there is a key, or no window. With 1 it does not wait when the program took
   *   longer than that since the last call
   * @returns the low 8 bits of what `waitKeyEx` gives: ASCII of a character, 27 for Escape, 13 for Enter, 8 for
   *   Backspace, 255 for Delete; -1 when there was no key in that time
   * @throws OptionError when `delay` is not a number. @throws ListenError when the server could not be started
   */
  async waitKey(delay = 0): Promise<number> {
    const code = await this.waitKeyEx(delay)
    return code === NO_KEY ? NO_KEY : code & 0xff
  }

  /** As `waitKey`, with the whole code: X11's number of the key (65361 for the left arrow), and its modifiers as GTK has them: Shift 0x10000, Ctrl 0x40000, Alt 0x80000. */
  async waitKeyEx(delay = 0): Promise<number> {
    checkOption(typeof delay === 'number' && !Number.isNaN(delay), 'delay', 'a number (ms)', delay)
    // A program that worked since the last answer has waited enough.
    const since = delay <= SHORTEST_DELAY ? this.#answeredAt : performance.now()
    const code = (await this.#look()) ?? (await this.#wait(delay, since))
    this.#answeredAt = performance.now()
    return code
  }

  /** The code of a key that was pressed already, as `waitKeyEx` gives it, or -1. Takes one turn of the event loop. */
  async pollKey(): Promise<number> {
    return (await this.#look()) ?? NO_KEY
  }

  /**
   * Has a function called for what viewers do with their mice, pens and fingers; instead of the one before, if there
   * is one. Null: none.
   *
   * @throws OptionError when there is no such window
   */
  setMouseCallback<U = undefined>(window: string, onMouse: MouseCallback<U> | null, userdata?: U): void {
    this.#find(window).listen(onMouse, userdata as U)
  }

  /** How far the wheel was turned, from the `flags` of a mouse callback: 120 for a notch. */
  getMouseWheelDelta(flags: number): number {
    return wheelDelta(flags)
  }

  /**
   * Adds a trackbar from 0 to `count` to a window. One that has the name already is changed to that.
   *
   * @param value position at the start; moved into the range if need be. `onChange` is not called for it
   * @param onChange is called with the position when it becomes another one, by a viewer or by `setTrackbarPos`
   * @throws OptionError naming the parameter
   */
  createTrackbar(
    trackbar: string,
    window: string,
    value: number,
    count: number,
    onChange?: TrackbarCallback,
  ): void {
    this.#find(window).trackbars.create(trackbar, value, count, onChange)
  }

  /** The position of a trackbar, as of now. @throws OptionError when there is none of that name */
  getTrackbarPos(trackbar: string, window: string): number {
    return this.#find(window).trackbars.position(trackbar)
  }

  /** Moves a trackbar, for all viewers; into its range if need be. @throws OptionError naming the parameter */
  setTrackbarPos(trackbar: string, window: string, position: number): void {
    this.#find(window).trackbars.move(trackbar, position)
  }

  /** The least position from now on. Waits for `setTrackbarMax` while it is above the greatest. @throws OptionError naming the parameter */
  setTrackbarMin(trackbar: string, window: string, min: number): void {
    this.#find(window).trackbars.limit(trackbar, 'min', min)
  }

  /** The greatest position from now on. Waits for `setTrackbarMin` while it is below the least. @throws OptionError naming the parameter */
  setTrackbarMax(trackbar: string, window: string, max: number): void {
    this.#find(window).trackbars.limit(trackbar, 'max', max)
  }

  /**
   * Shows an image and lets a viewer choose a rectangle on it: Enter or the space bar confirms, `c` or Escape
   * declines. Resolves with the first that is confirmed, in whole pixels of the image; all zeros when everybody
   * has declined, or the window was destroyed. The window stays.
   *
   * @param window may be left out: `'ROI selector'`
   * @param showCrosshair lines through the middle of the rectangle; default true
   * @param fromCenter it grows from where drawing begins to all sides; default false
   * @throws ImageError, OptionError
   */
  selectROI(image: SyncImageLike, showCrosshair?: boolean, fromCenter?: boolean): Promise<Rect>
  selectROI(
    window: string,
    image: SyncImageLike,
    showCrosshair?: boolean,
    fromCenter?: boolean,
  ): Promise<Rect>
  async selectROI(first: string | SyncImageLike, ...rest: unknown[]): Promise<Rect> {
    if (typeof first !== 'string') return this.selectROI(ROI_WINDOW, first, ...(rest as [boolean?, boolean?]))
    const [image, showCrosshair, fromCenter] = rest as [SyncImageLike, boolean?, boolean?]
    this.imshow(first, image)
    return this.#find(first).selectRectangle(showCrosshair ?? true, fromCenter ?? false)
  }

  /** `selectROI` again and again, until a viewer declines; resolves with all that were chosen. */
  async selectROIs(
    window: string,
    image: SyncImageLike,
    showCrosshair?: boolean,
    fromCenter?: boolean,
  ): Promise<Rect[]> {
    const chosen: Rect[] = []
    for (;;) {
      const rect = await this.selectROI(window, image, showCrosshair, fromCenter)
      if (rect.width === 0) return chosen
      chosen.push(rect)
    }
  }

  /** Ends a window: its viewers are disconnected. Does nothing when there is none of that name, as OpenCV does. */
  destroyWindow(window: string): void {
    this.#windows.get(window)?.track.close()
  }

  /** Ends all windows. After that, nothing of them keeps the process alive. */
  destroyAllWindows(): void {
    for (const window of [...this.#windows.keys()]) this.destroyWindow(window)
  }

  /**
   * A property of a window, a `WND_PROP_` constant: `WND_PROP_VISIBLE` is 1 until the window is destroyed,
   * whether or not somebody watches, and 0 after that. `WND_PROP_AUTOSIZE` and `WND_PROP_ASPECT_RATIO` are what
   * `namedWindow` was told; the others are 0. All are -1 when there is no such window.
   */
  getWindowProperty(window: string, property: number): number {
    const there = this.#windows.get(window)
    if (property === WND_PROP_VISIBLE) return there ? 1 : 0
    return there ? there.property(property) : -1
  }

  /** Does nothing but look whether the window is there: in a browser, that is up to who watches. @throws OptionError */
  setWindowProperty(window: string, _property: number, _value: number): void {
    this.#find(window)
  }

  /** Does nothing but look whether the window is there: viewers see its name. @throws OptionError */
  setWindowTitle(window: string, _title: string): void {
    this.#find(window)
  }

  /** Does nothing but look whether the window is there: in a browser, the size is up to who watches. @throws OptionError */
  resizeWindow(window: string, _width: number, _height: number): void {
    this.#find(window)
  }

  /** Does nothing but look whether the window is there: in a browser, the place is up to who watches. @throws OptionError */
  moveWindow(window: string, _x: number, _y: number): void {
    this.#find(window)
  }

  /** Ends all windows, and the server that was started for them, if there is one. */
  async close(): Promise<void> {
    this.destroyAllWindows()
    await this.#screen.close()
  }

  #make(name: string, flags: number): Window {
    this.#screen.check()
    return new Window(name, flags, this.#screen.options.control ?? 'anyone', (code) => this.#keys.push(code))
  }

  #open(name: string, window: Window): void {
    this.#screen.add(window.track)
    this.#windows.set(name, window)
    this.#screen.hold(true)
    // By `destroyWindow`, or with its server.
    window.track.on('close', () => {
      this.#windows.delete(name)
      if (this.#windows.size > 0) return
      this.#keys.noWindow()
      this.#screen.hold(false)
    })
  }

  #find(name: string): Window {
    const window = this.#windows.get(name)
    if (window) return window
    const names = [...this.#windows.keys()].map(show).join(', ')
    throw new OptionError({
      field: 'window',
      expected: names ? `the name of a window: ${names}` : 'the name of a window, and there is none',
      actual: show(name),
    })
  }

  /** Lets everything that waits be dealt with, then looks for a key. */
  async #look(): Promise<number | undefined> {
    this.#screen.check()
    await new Promise((resolve) => setImmediate(resolve))
    this.#screen.check()
    return this.#keys.take()
  }

  #wait(delay: number, since: number): Promise<number> | number {
    if (delay <= 0) return this.#windows.size === 0 ? NO_KEY : this.#keys.wait()
    const left = since + delay - performance.now()
    return left <= 0 ? NO_KEY : this.#keys.wait(left)
  }
}
