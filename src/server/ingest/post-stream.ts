import { ImageError, type PixelcastError, SignalingError } from '../../common/errors.js'
import { problem } from '../problem.js'
import type { BodyReader } from './body-reader.js'
import type { OneSlotEach } from './one-slot.js'
import type { RawLayout } from './raw-layout.js'
import type { IngestGate, IngestSettings } from './settings.js'
import { sinkFor } from './stream-sink.js'
import { makeTrack, trackClosed } from './track-of.js'

/** A stream of images for one track. */
export interface StreamRequest {
  readonly name: string
  readonly contentType: string
  readonly layout: RawLayout | undefined
}

/** What became of a stream; the body of its answer. */
export interface StreamCounts {
  /** Images that the track took. */
  images: number
  /** Images that were none, or too long; the stream went on. */
  refused: number
  /** Images for which the track's queue had no room (`overflow: 'drop-newest'`). */
  dropped: number
  /** Bytes at the end that are no whole image. */
  incomplete: number
  /** Why the last one was refused. */
  lastError?: string
}

/** The application hears of refused images, of each sender at most once in this time (ms). */
const REPORT_INTERVAL = 1000

/** Reads a stream to its end. Answers with its counts, also when it could not be read to its end. */
export async function postStream(
  { name, contentType, layout }: StreamRequest,
  body: BodyReader,
  { gate, settings, slots }: { gate: IngestGate; settings: IngestSettings; slots: OneSlotEach },
): Promise<Response> {
  const track = await makeTrack(gate, name)
  const counts: StreamCounts = { images: 0, refused: 0, dropped: 0, incomplete: 0 }
  let reported = Number.NEGATIVE_INFINITY
  let isClosed = false
  let total = 0
  const refuse = (error: PixelcastError) => {
    counts.refused++
    counts.lastError = error.message
    if (performance.now() - reported < REPORT_INTERVAL) return
    reported = performance.now()
    gate.report(name, error)
  }
  const sink = sinkFor({
    contentType,
    layout,
    maxBytes: settings.maxBytes,
    track,
    slots,
    onImage: (load) => {
      try {
        if (track.addImage(load())) {
          counts.images++
          body.progress()
        } else if (gate.track(name) === track) counts.dropped++
        else isClosed = true
      } catch (error) {
        if (!(error instanceof ImageError) && !(error instanceof SignalingError)) throw error
        refuse(error)
      }
    },
    onRefused: (reason) =>
      refuse(new ImageError({ field: 'data', expected: 'a whole image', actual: reason })),
  })
  let failure: SignalingError | undefined
  try {
    await body.each((chunk) => {
      total += chunk.length
      if (!sink.write(chunk)) throw noDelimiter(contentType)
      if (isClosed) throw trackClosed(name)
    })
  } catch (error) {
    if (!(error instanceof SignalingError)) throw error
    failure = error
  } finally {
    counts.incomplete = sink.end()
  }
  if (!failure && counts.images + counts.dropped > 0) return Response.json(counts, { headers: NO_STORE })
  const { status, message } = failure ?? noImage(counts, total)
  return problem(status, message, {}, { ...counts })
}

const NO_STORE = { 'Cache-Control': 'no-store' }

function noDelimiter(contentType: string): SignalingError {
  return new SignalingError(
    400,
    `the body: expected a multipart stream, as its Content-Type says (${contentType.slice(0, 100)}), got no line ` +
      'that begins a part in its first 64 KiB',
  )
}

function noImage({ refused, lastError, incomplete }: StreamCounts, total: number): SignalingError {
  if (refused > 0) return new SignalingError(400, `no image could be shown: ${lastError}`)
  const actual =
    total === 0
      ? 'nothing'
      : incomplete > 0
        ? `${incomplete} bytes of an incomplete one`
        : `${total} bytes that are none`
  return new SignalingError(400, `the body: expected images, got ${actual}`)
}
