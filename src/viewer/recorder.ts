import type { Size } from './placement.js'
import { RECORDING_TYPES, type Recording, recordingBitrate } from './recording.js'

/** Written out this often: a recording of an hour is not one piece of memory in the encoder, ms. */
const SLICE_MS = 1_000
/** A still image is recorded this often, or the recording would end with its last frame, ms. */
const STILL_MS = 250
/** A hidden page gets no frames from the browser: it looks for itself, as often as it may, ms. */
const HIDDEN_MS = 100
/** The encoder is done when it has written nothing for two looks; or it never will be, ms. */
const DRAIN_LOOK_MS = 120
const DRAIN_AT_MOST_MS = 4_000

/** What a recorder draws from. */
export interface RecorderSource {
  readonly video: HTMLVideoElement
  /** Size of the image, pixels. */
  readonly size: Size
  /** Draws what there is to see at that size; black where there is nothing. */
  paint(context: CanvasRenderingContext2D, size: Size): void
}

/**
 * Records through a canvas, not from the stream: a browser ends or spoils a recording when the size
 * of a stream changes (the server sends a smaller picture on a bad network), and when the track is
 * another one after a reconnection. The canvas keeps its size, and its last picture in the meantime.
 * @throws Error when the browser cannot record
 */
export class CanvasRecorder implements Recording {
  readonly type: string
  readonly #source: RecorderSource
  readonly #recorder: MediaRecorder
  readonly #context: CanvasRenderingContext2D
  readonly #started = performance.now()
  readonly #chunks: Blob[] = []
  /** The file, once it was stopped. */
  readonly finished: Promise<Blob>
  #written = 0
  #drawn = 0
  #ended: number | undefined
  #frame = 0
  #timer: ReturnType<typeof setInterval> | undefined

  constructor(source: RecorderSource) {
    const type =
      typeof MediaRecorder === 'undefined'
        ? undefined
        : RECORDING_TYPES.find((candidate) => MediaRecorder.isTypeSupported(candidate))
    const canvas = document.createElement('canvas')
    // Encoders of 4:2:0 want even sizes; a black line is better than none of the last one.
    canvas.width = source.size.width + (source.size.width % 2)
    canvas.height = source.size.height + (source.size.height % 2)
    const context = canvas.getContext('2d', { alpha: false })
    if (!type || !context) throw new Error('This browser cannot record video')
    this.#source = source
    this.#context = context
    this.type = type.replace(/;.*/, '')
    this.#recorder = new MediaRecorder(canvas.captureStream(), {
      mimeType: type,
      videoBitsPerSecond: recordingBitrate(source.size),
    })
    this.finished = new Promise((resolve) => {
      this.#recorder.addEventListener('dataavailable', ({ data }) => {
        if (data.size > 0) this.#chunks.push(data)
        this.#written += data.size
      })
      this.#recorder.addEventListener('stop', () => {
        // By itself, when the encoder has failed.
        this.#end()
        resolve(new Blob(this.#chunks, { type: this.type }))
      })
    })
    this.#recorder.start(SLICE_MS)
    // Only now: what is drawn before is in no recording.
    this.#draw()
    this.#next()
    this.#timer = setInterval(() => {
      if (document.hidden || performance.now() - this.#drawn > STILL_MS) this.#draw()
    }, HIDDEN_MS)
  }

  get seconds(): number {
    return ((this.#ended ?? performance.now()) - this.#started) / 1_000
  }

  stop(): Promise<Blob> {
    if (this.#ended === undefined) {
      this.#end()
      // A still image lasts until now, not until its last frame.
      this.#draw()
      void this.#drain()
    }
    return this.finished
  }

  /** Draws no more. */
  #end(): void {
    this.#ended ??= performance.now()
    clearInterval(this.#timer)
    this.#source.video.cancelVideoFrameCallback?.(this.#frame)
  }

  /** A browser throws away what its encoder still has to do when it is told to stop; on a busy machine that is seconds. */
  async #drain(): Promise<void> {
    const deadline = performance.now() + DRAIN_AT_MOST_MS
    let written = -1
    for (let quiet = 0; quiet < 2 && performance.now() < deadline; ) {
      if (this.#recorder.state === 'inactive') return
      this.#recorder.requestData()
      await new Promise((resolve) => setTimeout(resolve, DRAIN_LOOK_MS))
      quiet = this.#written === written ? quiet + 1 : 0
      written = this.#written
    }
    if (this.#recorder.state !== 'inactive') this.#recorder.stop()
  }

  #next(): void {
    const { video } = this.#source
    this.#frame =
      video.requestVideoFrameCallback?.(() => {
        this.#draw()
        if (this.#ended === undefined) this.#next()
      }) ?? 0
  }

  #draw(): void {
    const { canvas } = this.#context
    this.#drawn = performance.now()
    this.#source.paint(this.#context, { width: canvas.width, height: canvas.height })
  }
}
