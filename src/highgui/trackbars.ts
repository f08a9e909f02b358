import { checkOption, OptionError, show } from '../common/errors.js'
import type { ImageTrack } from '../track/index.js'

/** Is told the new position of a trackbar, whoever moved it: a viewer, or the program. */
export type TrackbarCallback = (position: number) => void

interface Trackbar {
  min: number
  max: number
  /** What the callback was told last. */
  told: number
  onChange: TrackbarCallback | undefined
}

/** The trackbars of a window: controls of its track, with a callback. */
export class Trackbars {
  readonly #bars = new Map<string, Trackbar>()

  constructor(
    private readonly window: string,
    private readonly track: ImageTrack,
  ) {
    track.on('control', ({ name }) => this.#tell(name))
  }

  /** One that is there gets another range, value and callback, and keeps its place. @throws OptionError */
  create(name: string, value: number, count: number, onChange: TrackbarCallback | undefined): void {
    checkOption(Number.isSafeInteger(count) && count > 0, 'count', 'a whole number, at least 1', count)
    checkOption(Number.isSafeInteger(value), 'value', `a whole number from 0 to ${count}`, value)
    checkOption(onChange === undefined || typeof onChange === 'function', 'onChange', 'a function', onChange)
    // As OpenCV: a value outside of it is moved into the range.
    const told = Math.min(count, Math.max(0, value))
    if (this.#bars.has(name)) {
      this.track.setControlRange(name, 0, count)
      this.track.setControl(name, told)
    } else {
      this.track.addControl({ name, min: 0, max: count, value: told })
    }
    this.#bars.set(name, { min: 0, max: count, told, onChange })
  }

  position(name: string): number {
    this.#find(name)
    return this.track.getControl(name)
  }

  /** @throws OptionError */
  move(name: string, position: number): void {
    const { min, max } = this.#find(name)
    checkOption(Number.isSafeInteger(position), 'position', 'a whole number', position)
    checkOption(min <= max, 'position', 'a trackbar whose range is in order', `one from ${min} to ${max}`)
    this.track.setControl(name, position)
    this.#tell(name)
  }

  /**
   * A range that is not in order waits for its other end: who moves both passes through that.
   *
   * @throws OptionError
   */
  limit(name: string, end: 'min' | 'max', limit: number): void {
    const bar = this.#find(name)
    checkOption(Number.isSafeInteger(limit), end, 'a whole number', limit)
    bar[end] = limit
    if (bar.min > bar.max) return
    this.track.setControlRange(name, bar.min, bar.max)
    this.#tell(name)
  }

  #tell(name: string): void {
    const bar = this.#bars.get(name)
    if (!bar) return
    const now = this.track.getControl(name)
    if (now === bar.told) return
    bar.told = now
    bar.onChange?.(now)
  }

  #find(name: string): Trackbar {
    const bar = this.#bars.get(name)
    if (bar) return bar
    const names = [...this.#bars.keys()].map(show).join(', ')
    throw new OptionError({
      field: 'trackbar',
      expected: `the name of a trackbar of the window ${show(this.window)}, which has ${names || 'none'}`,
      actual: show(name),
    })
  }
}
