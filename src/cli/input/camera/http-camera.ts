import { ImageSplitter } from '../../../image/stream/image-splitter.js'
import { CliError, systemReason } from '../../errors.js'
import { systemClock } from '../../player-clock.js'
import type { LiveEnd, LiveInput, LiveTarget } from '../live.js'
import { networkSource } from '../media.js'
import type { PlayOptions } from '../types.js'
import { type CameraAddress, withoutCredentials } from './address.js'
import { readCamera } from './camera-process.js'
import { type ConnectionEvents, Hopeless, keepConnected } from './keep-connected.js'
import { Watchdog } from './watchdog.js'

/** A server that does not answer, or a stream that stands still, for so long (ms) is given up. */
const SILENCE = 10_000
/** An address that gives single images is asked so often a second. */
const POLLS_PER_SECOND = 1
/** Types of what is certainly no video. */
const NO_VIDEO = /^(text\/(?!vnd)|application\/(json|xml|xhtml))/

/**
 * A camera or a video behind `http://`: MJPEG (multipart), an address that gives the current image, or
 * whatever else FFmpeg can read. MJPEG and single images are handed over as they come; they are decoded
 * only when somebody watches.
 */
export class HttpCamera implements LiveInput {
  readonly kind = 'live'
  readonly name: string
  readonly description: string
  readonly #address: CameraAddress
  readonly #options: PlayOptions

  constructor(address: CameraAddress, options: PlayOptions) {
    this.#address = address
    this.#options = options
    this.name = address.name
    this.description = address.shown
  }

  run(target: LiveTarget, signal: AbortSignal): Promise<LiveEnd> {
    return keepConnected((events) => this.#connect(events, target, signal).catch(plainly), target, signal, {
      clock: systemClock,
      name: this.#address.shown,
    })
  }

  async #connect(
    events: ConnectionEvents,
    target: LiveTarget,
    signal: AbortSignal,
  ): Promise<'lost' | 'over'> {
    const controller = new AbortController()
    const either = AbortSignal.any([signal, controller.signal])
    const watchdog = new Watchdog((ms) => controller.abort(new CliError(`nothing came for ${ms / 1000} s`)))
    try {
      watchdog.expect(SILENCE)
      const response = await this.#ask(either).catch((error: unknown) => {
        // ports that no web page may ask (6000, 10080, …), but cameras may be at: FFmpeg asks
        if (error instanceof Error && error.cause instanceof Error && error.cause.message === 'bad port')
          return undefined
        throw error
      })
      if (!response) {
        watchdog.stop()
        return await this.#letFfmpegRead(events, target, signal)
      }
      const type = (response.headers.get('content-type') ?? '').toLowerCase()
      const kind = kindOfResponse(response, type)
      if (kind === 'stream') {
        events.onOpen('MJPEG')
        return await readImages(response, events, target, () => watchdog.expect(SILENCE))
      }
      if (kind === 'image') {
        const interval = 1000 / (this.#options.fps ?? POLLS_PER_SECOND)
        events.onOpen(`single images, asked for every ${Math.round(interval) / 1000} s`)
        return await this.#poll(response, interval, events, target, either, watchdog)
      }
      watchdog.stop()
      // the answer is not read: FFmpeg asks again
      controller.abort()
      return await this.#letFfmpegRead(events, target, signal)
    } catch (error) {
      if (signal.aborted) return 'over'
      throw controller.signal.reason instanceof CliError ? controller.signal.reason : error
    } finally {
      watchdog.stop()
      controller.abort()
    }
  }

  #letFfmpegRead(
    events: ConnectionEvents,
    target: LiveTarget,
    signal: AbortSignal,
  ): Promise<'lost' | 'over'> {
    const { text, shown } = this.#address
    const order = { sources: [networkSource(text)], shown, play: this.#options }
    return readCamera(order, events, target, signal)
  }

  #ask(signal: AbortSignal): Promise<Response> {
    const { url, authorization } = withoutCredentials(this.#address)
    return fetch(url, { signal, headers: authorization === undefined ? {} : { authorization } })
  }

  /** Asks for the current image again and again. */
  async #poll(
    first: Response,
    interval: number,
    events: ConnectionEvents,
    target: LiveTarget,
    signal: AbortSignal,
    watchdog: Watchdog,
  ): Promise<'over'> {
    let before = Buffer.alloc(0)
    let response = first
    let due = systemClock.now()
    while (!signal.aborted) {
      const image = Buffer.from(await response.arrayBuffer())
      watchdog.stop()
      // the same picture again would only be encoded again
      if (!image.equals(before)) push(image, events, target)
      before = image
      due = Math.max(due + interval, systemClock.now())
      await systemClock.sleepUntil(due, signal)
      watchdog.expect(SILENCE)
      response = await this.#ask(signal)
      if (!response.ok) throw new CliError(`it answers ${response.status} ${response.statusText}`)
    }
    return 'over'
  }
}

async function readImages(
  response: Response,
  events: ConnectionEvents,
  target: LiveTarget,
  onBytes: () => void,
): Promise<'lost'> {
  const splitter = new ImageSplitter()
  for await (const chunk of response.body ?? []) {
    onBytes()
    for (let at = 0; at < chunk.length; ) {
      const room = splitter.room()
      const piece = chunk.subarray(at, at + room.length)
      room.set(piece)
      splitter.wrote(piece.length)
      at += piece.length
      for (let image = splitter.next(); image; image = splitter.next()) push(image, events, target)
    }
  }
  return 'lost'
}

function push(image: Uint8Array, events: ConnectionEvents, target: LiveTarget): void {
  try {
    target.track.addImage(image)
    events.onImage()
  } catch (error) {
    target.onBadImage(error)
  }
}

/** What an answer is: a stream of images, one image, or something for FFmpeg. @throws CliError when it is none of them */
function kindOfResponse(response: Response, type: string): 'stream' | 'image' | 'other' {
  if (response.status === 401) {
    // FFmpeg knows that way of proving who we are
    if (/^digest/i.test(response.headers.get('www-authenticate') ?? '')) return 'other'
    throw new Hopeless('it wants a user and a password: expected http://USER:PASSWORD@… with the right ones')
  }
  const answer = `it answers ${response.status} ${response.statusText}`.trim()
  if (response.status >= 500 || response.status === 429) throw new CliError(answer)
  if (!response.ok) throw new Hopeless(answer)
  if (type.startsWith('multipart/')) return 'stream'
  if (/^image\/(jpe?g|png|webp)/.test(type)) return 'image'
  if (NO_VIDEO.test(type))
    throw new Hopeless(`it answers with ${type.split(';')[0]}, not with images or video`)
  return 'other'
}

/** `fetch failed` tells nothing; its cause does. */
function plainly(error: unknown): never {
  if (error instanceof CliError || !(error instanceof Error)) throw error
  const { cause } = error
  const reason =
    systemReason(error) ?? systemReason(cause) ?? (cause instanceof Error ? cause.message : error.message)
  throw new CliError(reason, undefined, { cause: error })
}
