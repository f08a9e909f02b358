import { ImageError, SignalingError, show } from '../../common/errors.js'
import { openImage } from '../../image/index.js'
import { sniffEncoded } from '../../image/sniff.js'
import { feed } from '../../image/stream/byte-sink.js'
import { FrameWriter, sinkOf } from '../../image/stream/frame-writer.js'
import { GrowingBuffer } from '../../image/stream/growing-buffer.js'
import type { BodyReader } from './body-reader.js'
import type { HeldSlot, OneSlotEach } from './one-slot.js'
import type { RawLayout } from './raw-layout.js'
import type { IngestGate, IngestSettings, TrackInput } from './settings.js'
import { imageOf, makeTrack, trackClosed } from './track-of.js'

/** One image for one track. */
export interface ImageRequest {
  readonly name: string
  /** Undefined: it is to be made when the image is good. */
  readonly track: TrackInput | undefined
  readonly layout: RawLayout | undefined
  /** Content-Length, if there is one. */
  readonly length: number | undefined
}

/** What cannot fit is refused before its body is read. Throws `SignalingError` (413), `ImageError`. */
export function checkLength({ layout, length }: Pick<ImageRequest, 'layout' | 'length'>, maxBytes: number) {
  const least = Math.max(layout?.leastBytes ?? 0, length ?? 0)
  if (least > maxBytes) throw tooLong(maxBytes, `${least} bytes`)
  if (layout && length !== undefined && (length < layout.leastBytes || length > layout.byteLength)) {
    const { width, height, format, leastBytes, byteLength } = layout
    throw new ImageError({
      field: 'data',
      expected: `${leastBytes === byteLength ? '' : `${leastBytes} to `}${byteLength} bytes (${width}×${height} ${format})`,
      actual: `${length} bytes`,
    })
  }
}

/**
 * Reads an image and hands it to its track. Nothing is shown unless the whole body has come.
 * Throws `SignalingError` or `ImageError`.
 */
export async function putImage(
  request: ImageRequest,
  body: BodyReader,
  { gate, settings, slots }: { gate: IngestGate; settings: IngestSettings; slots: OneSlotEach },
): Promise<void> {
  const { name, track, layout, length } = request
  if (track && layout && layout.stride === undefined && length === layout.byteLength) {
    const taken = await readIntoSlot(track, layout, body, slots)
    if (!taken) throw notTaken(gate, name)
    return
  }
  const bytes = await readAll(body, settings.maxBytes, length)
  if (!layout) checkRecognised(bytes)
  const image = imageOf(bytes, layout)
  // a track for what is no image would stay, and show nothing
  if (!track) openImage(image)
  if (!(track ?? (await makeTrack(gate, name))).addImage(image)) throw notTaken(gate, name)
}

/** Pixels whose number is known go from the socket's buffer to where the encoder reads them. */
async function readIntoSlot(
  track: TrackInput,
  layout: RawLayout,
  body: BodyReader,
  slots: OneSlotEach,
): Promise<boolean> {
  let taken: boolean | undefined
  const writer = new FrameWriter<HeldSlot>(
    slots.target(
      () => track,
      (image) => {
        taken = track.addImage(image)
      },
    ),
    layout,
  )
  const sink = sinkOf(writer)
  try {
    await body.each((chunk) => void (taken === undefined && feed(sink, chunk)))
  } finally {
    writer.discard()
  }
  if (taken === undefined) throw new SignalingError(400, 'the body is shorter than its Content-Length')
  return taken
}

async function readAll(body: BodyReader, maxBytes: number, length: number | undefined): Promise<Uint8Array> {
  const bytes = new GrowingBuffer(maxBytes, length)
  await body.each((chunk) => {
    if (!bytes.append(chunk)) throw tooLong(maxBytes, 'more')
  })
  if (length !== undefined && bytes.length < length)
    throw new SignalingError(
      400,
      `the body is shorter than its Content-Length: ${bytes.length} of ${length} bytes`,
    )
  return bytes.bytes
}

/** Throws `SignalingError` (415) for what is no image at all, saying what would be one. */
function checkRecognised(bytes: Uint8Array): void {
  if (sniffEncoded(bytes)) return
  const first = [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
  const actual = bytes.length === 0 ? 'no bytes' : `${bytes.length} bytes that begin with ${first}`
  throw new SignalingError(
    415,
    `data: expected JPEG, PNG or WebP, or raw pixels with ?width=640&height=480&format=bgr24, got ${actual}`,
  )
}

function notTaken(gate: IngestGate, name: string): SignalingError {
  if (!gate.track(name)) return trackClosed(name)
  return new SignalingError(503, `the queue of the track ${show(name)} is full`, { 'Retry-After': '1' })
}

function tooLong(maxBytes: number, actual: string): SignalingError {
  return new SignalingError(413, `data: expected at most ${maxBytes} bytes, got ${actual}`)
}
