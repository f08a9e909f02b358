import {
  AV_CODEC_ID_MJPEG,
  AV_CODEC_ID_PNG,
  AV_CODEC_ID_WEBP,
  AVCOL_RANGE_JPEG,
  AVCOL_RANGE_UNSPECIFIED,
  AVCOL_SPC_RGB,
  AVCOL_SPC_SMPTE170M,
  AVCOL_SPC_UNSPECIFIED,
  type AVCodecID,
} from 'node-av/constants'
import { Codec, CodecContext, FFmpegError, Frame, Packet } from 'node-av/lib'
import { ImageError } from '../common/errors.js'
import { MAX_SIZE } from '../image/check.js'
import type { EncodedFormat } from '../image/source.js'

const CODEC_ID: Record<EncodedFormat, AVCodecID> = {
  jpeg: AV_CODEC_ID_MJPEG,
  png: AV_CODEC_ID_PNG,
  webp: AV_CODEC_ID_WEBP,
}

/** Decodes single JPEG, PNG and WebP images. Keeps one decoder per format; one image under way at a time. */
export class ImageDecoder {
  readonly #contexts = new Map<EncodedFormat, CodecContext>()

  /**
   * @returns a frame that the caller frees; its colour properties are filled in
   * @throws ImageError when the bytes do not decode
   */
  async decode(format: EncodedFormat, data: Uint8Array): Promise<Frame> {
    const context = await this.#context(format)
    const packet = new Packet()
    packet.alloc()
    const frame = new Frame()
    frame.alloc()
    try {
      packet.data = Buffer.from(data) // FFmpeg reads past the end: it needs a padded copy
      packet.isKeyframe = true // or the PNG decoder adds the picture before to this one
      check(format, await context.sendPacket(packet))
      check(format, await context.receiveFrame(frame))
    } catch (error) {
      frame.free()
      // A decoder that met an error may keep half a picture.
      context.freeContext()
      this.#contexts.delete(format)
      throw error
    } finally {
      packet.free()
    }
    completeColour(frame, format)
    return frame
  }

  close(): void {
    for (const context of this.#contexts.values()) context.freeContext()
    this.#contexts.clear()
  }

  async #context(format: EncodedFormat): Promise<CodecContext> {
    const known = this.#contexts.get(format)
    if (known) return known
    const codec = Codec.findDecoder(CODEC_ID[format])
    if (!codec) throw new Error(`this FFmpeg has no ${format} decoder`)
    const context = new CodecContext()
    context.allocContext3(codec)
    context.threadCount = 1 // frame threads would hold a picture back
    // A header that was read may belong to another picture than the one that is decoded.
    context.setOption('max_pixels', String(MAX_SIZE * MAX_SIZE))
    // Half a picture is no picture.
    context.setOption('err_detect', 'explode')
    const result = await context.open2(codec, null)
    if (result < 0) throw new Error(`the ${format} decoder does not open (${result})`)
    this.#contexts.set(format, context)
    return context
  }
}

function check(format: EncodedFormat, result: number): void {
  if (result >= 0) return
  const reason = new FFmpegError(result).message
  throw new ImageError({
    field: 'data',
    expected: `a complete ${format.toUpperCase()} image`,
    actual: `bytes that do not decode (${reason})`,
  })
}

/** JPEG is full-range BT.601 by its specification (JFIF); PNG and WebP lossless are RGB. */
function completeColour(frame: Frame, format: EncodedFormat): void {
  if (frame.colorSpace === AVCOL_SPC_UNSPECIFIED) {
    frame.colorSpace = format === 'png' ? AVCOL_SPC_RGB : AVCOL_SPC_SMPTE170M
  }
  if (frame.colorRange === AVCOL_RANGE_UNSPECIFIED && format !== 'webp') frame.colorRange = AVCOL_RANGE_JPEG
}
