import {
  AV_CODEC_ID_MJPEG,
  AV_CODEC_ID_PNG,
  AV_PIX_FMT_RGB24,
  AV_PIX_FMT_YUVJ444P,
  AVCOL_RANGE_JPEG,
  AVCOL_SPC_RGB,
  AVCOL_SPC_SMPTE170M,
} from 'node-av/constants'
import { Codec, CodecContext, FFmpegError, Frame, Packet, Rational, SoftwareScaleContext } from 'node-av/lib'

/** FFmpeg's JPEG quantiser scale, 1 (best) to 31: visually clean, a fifth of the PNG's size. */
const JPEG_QUALITY = 3
const QP2LAMBDA = 118

/**
 * One image as a file.
 *
 * @param source any frame; not changed
 * @param blend show what is transparent on black, as viewers see it; else alpha is ignored
 * @throws Error when FFmpeg refuses
 */
export async function encodeImage(source: Frame, format: 'png' | 'jpg', blend = false): Promise<Uint8Array> {
  const isPng = format === 'png'
  const codec = Codec.findEncoder(isPng ? AV_CODEC_ID_PNG : AV_CODEC_ID_MJPEG)
  if (!codec) throw new Error(`this FFmpeg has no ${format} encoder`)
  const frame = new Frame()
  const scaler = new SoftwareScaleContext()
  const context = new CodecContext()
  const packet = new Packet()
  frame.alloc()
  packet.alloc()
  try {
    frame.width = source.width
    frame.height = source.height
    frame.format = isPng ? AV_PIX_FMT_RGB24 : AV_PIX_FMT_YUVJ444P
    frame.colorRange = AVCOL_RANGE_JPEG
    frame.colorSpace = isPng ? AVCOL_SPC_RGB : AVCOL_SPC_SMPTE170M
    frame.quality = JPEG_QUALITY * QP2LAMBDA
    check(frame.getBuffer(0))
    scaler.allocContext()
    scaler.setOption('sws_flags', 'bicubic+accurate_rnd+full_chroma_int+full_chroma_inp')
    if (blend) scaler.setOption('alphablend', 'uniform_color')
    check(await scaler.scaleFrame(frame, source))
    context.allocContext3(codec)
    context.width = frame.width
    context.height = frame.height
    context.pixelFormat = frame.format as typeof AV_PIX_FMT_RGB24
    context.timeBase = new Rational(1, 25)
    context.colorRange = AVCOL_RANGE_JPEG
    context.threadCount = 1
    if (isPng)
      context.setOption('compression_level', '3') // half the time of the default for 5 % more bytes
    else {
      context.globalQuality = JPEG_QUALITY * QP2LAMBDA
      context.setOption('flags', 'qscale')
    }
    check(await context.open2(codec, null))
    check(await context.sendFrame(frame))
    check(await context.receivePacket(packet))
    if (!packet.data) throw new Error(`the ${format} encoder gave no data`)
    return Uint8Array.prototype.slice.call(packet.data)
  } finally {
    packet.free()
    context.freeContext()
    scaler.freeContext()
    frame.free()
  }
}

function check(result: number): void {
  if (result < 0) throw new Error(new FFmpegError(result).message)
}
