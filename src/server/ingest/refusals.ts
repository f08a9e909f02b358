import { type ImageError, SignalingError } from '../../common/errors.js'

/** The application hears of refused images, of each sender at most once in this time (ms). */
const REPORT_INTERVAL = 1000
/** So many refused images in a row are no stream of images; looking at what is none costs more than sending it. */
const MOST_REFUSED = 1000

/** The images of a stream that were refused. Most errors are counted only: making one costs more than all else. */
export class Refusals {
  #count = 0
  #row = 0
  #last: (() => ImageError) | undefined
  #reported = Number.NEGATIVE_INFINITY

  /**
   * @param report called now and then
   * @param each called for every one
   */
  constructor(
    private readonly report: (error: ImageError) => void,
    private readonly each: () => void = () => {},
  ) {}

  get count(): number {
    return this.#count
  }

  get last(): ImageError | undefined {
    return this.#last?.()
  }

  /** Throws `SignalingError` when there were too many in a row. */
  add(error: () => ImageError): void {
    this.#count++
    this.each()
    this.#last = error
    const now = performance.now()
    if (now - this.#reported >= REPORT_INTERVAL) {
      this.#reported = now
      this.report(error())
    }
    if (++this.#row < MOST_REFUSED) return
    throw new SignalingError(
      400,
      `${MOST_REFUSED} images in a row could not be shown; the last: ${error().message}`,
    )
  }

  /** An image was good. */
  endRow(): void {
    this.#row = 0
  }
}
