import { monotonicNow } from '../../common/clock.js'
import { ImageError, SignalingError } from '../../common/errors.js'
import { problem } from '../problem.js'
import type { BodyReader } from './body-reader.js'
import type { OneSlotEach } from './one-slot.js'
import type { Pace } from './pace.js'
import type { RawLayout } from './raw-layout.js'
import { Refusals } from './refusals.js'
import type { IngestGate, IngestSettings, TrackInput } from './settings.js'
import { sinkFor } from './stream-sink.js'
import { type PushImage, StreamTrack } from './stream-track.js'
import { trackClosed } from './track-of.js'

/** A stream of images for one track. */
export interface StreamRequest {
  readonly name: string
  /** Undefined: it is to be made when the first image is there. */
  readonly track: TrackInput | undefined
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

/** Reads a stream to its end. Answers with its counts, also when it could not be read to its end. */
export async function postStream(
  { name, track: given, contentType, layout }: StreamRequest,
  body: BodyReader,
  {
    gate,
    settings,
    slots,
    pace,
  }: { gate: IngestGate; settings: IngestSettings; slots: OneSlotEach; pace: Pace },
): Promise<Response> {
  const counts: StreamCounts = { images: 0, refused: 0, dropped: 0, incomplete: 0 }
  const refusals = new Refusals(
    (error) => gate.report(name, error),
    () => gate.count?.('refused'),
  )
  let total = 0
  const push: PushImage = (to, image, count) => {
    const isTaken = to.addImage(image)
    body.hold(pace.charge(to, monotonicNow()))
    if (!isTaken && gate.track(name) !== to) throw trackClosed(name)
    const images = isTaken ? count : count - 1
    counts.images += images
    gate.count?.('taken', images)
    if (!isTaken) counts.dropped++
    if (!isTaken) gate.count?.('dropped')
    return isTaken
  }
  const onFailure = (error: unknown) => body.fail(error instanceof Error ? error : new Error(String(error)))
  const track = new StreamTrack({ gate, name, track: given, push, onFailure })
  const sink = sinkFor({
    contentType,
    layout,
    maxBytes: settings.maxBytes,
    track: () => track.input,
    slots,
    onImage: (load) => {
      try {
        if (track.add(load())) body.progress()
        refusals.endRow()
      } catch (error) {
        if (!(error instanceof ImageError)) throw error
        refusals.add(() => error)
      }
    },
    onRefused: (reason) =>
      refusals.add(() => new ImageError({ field: 'data', expected: 'a whole image', actual: reason() })),
  })
  const reading = body.each((chunk) => {
    total += chunk.length
    if (!sink.write(chunk)) throw noDelimiter(contentType)
  })
  let failure = await failureOf(
    reading.finally(() => {
      counts.incomplete = sink.end()
    }),
  )
  failure = (await failureOf(track.settled())) ?? failure
  counts.refused = refusals.count
  const { last } = refusals
  if (last) counts.lastError = last.message
  if (!failure && counts.images + counts.dropped > 0) return Response.json(counts, { headers: NO_STORE })
  const { status, message, headers } = failure ?? noImage(counts, total)
  return problem(status, message, headers, { ...counts })
}

/** What a stream ended with that is its sender's matter; throws everything else. */
async function failureOf(work: Promise<void>): Promise<SignalingError | undefined> {
  try {
    await work
    return undefined
  } catch (error) {
    if (error instanceof SignalingError) return error
    throw error
  }
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
