import { feed } from '../../image/stream/byte-sink.js'
import { FrameWriter, sinkOf } from '../../image/stream/frame-writer.js'
import { GrowingBuffer } from '../../image/stream/growing-buffer.js'
import { ImageSplitter } from '../../image/stream/image-splitter.js'
import { boundaryOf, MultipartParser } from '../../image/stream/multipart.js'
import type { HeldSlot, OneSlotEach } from './one-slot.js'
import type { RawLayout } from './raw-layout.js'
import type { TrackInput } from './settings.js'
import { imageOf } from './track-of.js'

/** Takes the body of a stream apart. What its callbacks throw ends it. */
export interface StreamSink {
  /** False when the stream cannot be understood any further. */
  write(chunk: Uint8Array): boolean
  /** The stream is over. Returns the bytes of an image that was not complete. */
  end(): number
}

export interface StreamOptions {
  readonly contentType: string
  readonly layout: RawLayout | undefined
  readonly maxBytes: number
  /** Undefined while it is not there yet. */
  readonly track: () => TrackInput | undefined
  readonly slots: OneSlotEach
  /** Hands an image over; what is wrong with it is thrown by `load`. */
  onImage(load: () => Parameters<TrackInput['addImage']>[0]): void
  /** Something was passed over that should have been an image. Many may be: put into words is only what is asked for. */
  onRefused(reason: () => string): void
}

/** Multipart, raw frames, or images one after the other: as the Content-Type and the query say. */
export function sinkFor(options: StreamOptions): StreamSink {
  const { contentType, layout } = options
  if (/^multipart\//i.test(contentType)) return multipart(options)
  if (!layout) return images(options)
  return layout.stride === undefined ? frames(options, layout) : paddedFrames(options, layout)
}

function multipart({ contentType, layout, maxBytes, onImage, onRefused }: StreamOptions): StreamSink {
  const parser = new MultipartParser(
    {
      boundary: boundaryOf(contentType),
      maxBytes,
      ...(layout && { frameBytes: layout.byteLength }),
    },
    {
      onPart: (bytes) => onImage(() => imageOf(bytes, layout)),
      onRefused: (reason) => onRefused(() => reason),
    },
  )
  return { write: (chunk) => parser.write(chunk), end: () => parser.end() }
}

function images({ maxBytes, onImage, onRefused }: StreamOptions): StreamSink {
  const splitter = new ImageSplitter((bytes, wasImage) => {
    if (wasImage)
      onRefused(() => `${bytes} bytes that are no whole image, or one of more than ${maxBytes} bytes`)
  }, maxBytes)
  return {
    write(chunk) {
      for (let at = 0; at < chunk.length; ) {
        const room = splitter.room()
        const piece = chunk.subarray(at, at + room.length)
        room.set(piece)
        splitter.wrote(piece.length)
        at += piece.length
        for (let image = splitter.next(); image; image = splitter.next()) {
          const bytes = image
          onImage(() => bytes)
        }
      }
      return true
    },
    end: () => splitter.reset(),
  }
}

function frames({ track, slots, onImage }: StreamOptions, layout: RawLayout): StreamSink {
  const writer = new FrameWriter<HeldSlot>(
    slots.target(track, (image) => onImage(() => image)),
    layout,
  )
  const sink = sinkOf(writer)
  return {
    write(chunk) {
      feed(sink, chunk)
      return true
    },
    end() {
      const { filled } = writer
      writer.discard()
      return filled
    },
  }
}

/** Rows with padding are copied row by row when a frame is whole. */
function paddedFrames({ onImage }: StreamOptions, layout: RawLayout): StreamSink {
  const frame = new GrowingBuffer(layout.byteLength, layout.byteLength)
  return {
    write(chunk) {
      for (let at = 0; at < chunk.length; ) {
        const piece = chunk.subarray(at, at + layout.byteLength - frame.length)
        frame.append(piece)
        at += piece.length
        if (frame.length < layout.byteLength) continue
        try {
          onImage(() => imageOf(frame.bytes, layout))
        } finally {
          frame.clear()
        }
      }
      return true
    },
    end: () => frame.length,
  }
}
