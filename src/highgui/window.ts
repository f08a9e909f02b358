import { checkOption } from '../common/errors.js'
import { openImage, type SyncImageLike } from '../image/index.js'
import { type ControlRule, ImageTrack } from '../track/index.js'
import { WINDOW_AUTOSIZE, WINDOW_FREERATIO, WND_PROP_ASPECT_RATIO, WND_PROP_AUTOSIZE } from './constants.js'
import { toShow } from './depth.js'
import { keyCode } from './key-codes.js'
import { LastImage } from './last-image.js'
import { Mouse, type MouseEvent } from './mouse.js'
import { Trackbars } from './trackbars.js'

/**
 * Is called for everything that a viewer does with a mouse, a pen or a finger on a window.
 *
 * `event` is one of the `EVENT_` constants; `x` and `y` are a pixel of the image; `flags` are those of the
 * `EVENT_FLAG_` constants that hold, with what `getMouseWheelDelta` reads; `userdata` is what `setMouseCallback`
 * was given.
 */
export type MouseCallback<U = unknown> = (
  event: number,
  x: number,
  y: number,
  flags: number,
  userdata: U,
) => void

/** Pixels of an image. */
export interface Rect {
  /** From the left edge. */
  readonly x: number
  /** From the upper edge. */
  readonly y: number
  /** 0 when nothing was chosen. */
  readonly width: number
  /** 0 when nothing was chosen. */
  readonly height: number
}

/** A window of OpenCV: a track, with what its viewers do. */
export class Window {
  readonly track: ImageTrack
  readonly trackbars: Trackbars
  readonly #mouse = new Mouse()
  readonly #last = new LastImage()
  readonly #flags: number
  #onMouse: ((event: MouseEvent) => void) | undefined
  #complained = false

  /** @throws OptionError */
  constructor(name: string, flags: number, control: ControlRule, onKey: (code: number) => void) {
    checkOption(Number.isSafeInteger(flags), 'flags', 'a sum of WINDOW_ constants', flags)
    this.#flags = flags
    this.track = new ImageTrack(name, { control })
    this.trackbars = new Trackbars(name, this.track)
    this.track.on('key', (input) => {
      const code = keyCode(input)
      if (code !== undefined) onKey(code)
    })
    this.track.on('pointer', (input, { id }) => this.#tell(this.#mouse.pointer(input, id, this.#size)))
    this.track.on('wheel', (input, { id }) => this.#tell(this.#mouse.wheel(input, id, this.#size)))
    this.track.on('leave', ({ id }) => this.#tell(this.#mouse.leave(id, this.#size)))
    // JPEG, PNG or WebP bytes that turn out not to decode. Once is enough: a broken source repeats itself.
    this.track.on('error', (error) => {
      if (!this.#complained) process.emitWarning(error)
      this.#complained = true
    })
  }

  /** @throws ImageError */
  show(image: SyncImageLike): void {
    const changed = this.#last.update(openImage(toShow(image)))
    if (changed) this.track.addImage(changed)
  }

  /** @throws OptionError */
  listen<U>(onMouse: MouseCallback<U> | null | undefined, userdata: U): void {
    checkOption(onMouse == null || typeof onMouse === 'function', 'onMouse', 'a function, or null', onMouse)
    this.#onMouse = onMouse ? ({ event, x, y, flags }) => onMouse(event, x, y, flags, userdata) : undefined
  }

  /** All zeros when everybody declined, or the window was destroyed. @throws OptionError */
  async selectRectangle(crosshair: boolean, fromCenter: boolean): Promise<Rect> {
    const chosen = await this.track.selectRectangle({ crosshair, fromCenter })
    const { x, y, width, height } = chosen ?? { x: 0, y: 0, width: 0, height: 0 }
    return { x, y, width, height }
  }

  /** Of a `WND_PROP_` constant; those that mean nothing in a browser are 0. */
  property(id: number): number {
    if (id === WND_PROP_AUTOSIZE) return this.#flags & WINDOW_AUTOSIZE
    if (id === WND_PROP_ASPECT_RATIO) return this.#flags & WINDOW_FREERATIO
    return 0
  }

  get #size() {
    return this.track.imageSize
  }

  #tell(events: readonly MouseEvent[]): void {
    for (const event of events) this.#onMouse?.(event)
  }
}
