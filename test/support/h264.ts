import {
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AV_CODEC_FLAG_INTERLACED_DCT,
  AV_CODEC_FLAG_INTERLACED_ME,
  AV_FRAME_FLAG_INTERLACED,
  AV_FRAME_FLAG_TOP_FIELD_FIRST,
  AV_PIX_FMT_YUV420P,
  type AVCodecFlag,
  Codec,
  CodecContext,
  FF_ENCODER_LIBX264,
  FFmpegError,
  FormatContext,
  Frame,
  Packet,
  Rational,
} from 'node-av'
import { quietFfmpeg } from '../../src/encode/index.js'

const SIZE = { width: 320, height: 240 } as const
const FPS = 25

/** What the encoded video looks like. */
export interface H264Options {
  readonly frames: number
  /** Luma and both chroma values of all of it; in its left half the luma rises by one with each frame. */
  readonly colour: readonly [number, number, number]
  readonly interlaced?: boolean
}

/** Packets of x264, in order, with time stamps in frames; SPS and PPS stand in the first when there is no file. */
async function encode(
  options: H264Options,
  flags: readonly AVCodecFlag[],
  take: (packet: Packet, context: CodecContext) => unknown,
) {
  const codec = Codec.findEncoderByName(FF_ENCODER_LIBX264)
  if (!codec) throw new Error('this FFmpeg has no x264')
  quietFfmpeg()
  const { width, height } = SIZE
  const [luma, u, v] = options.colour
  const context = new CodecContext()
  const packet = new Packet()
  packet.alloc()
  try {
    context.allocContext3(codec)
    Object.assign(context, { width, height, pixelFormat: AV_PIX_FMT_YUV420P, gopSize: options.frames })
    context.timeBase = new Rational(1, FPS)
    context.framerate = new Rational(FPS, 1)
    context.setOption('preset', 'ultrafast')
    context.setOption('tune', 'zerolatency')
    if (options.interlaced) context.setFlags(AV_CODEC_FLAG_INTERLACED_DCT, AV_CODEC_FLAG_INTERLACED_ME)
    for (const flag of flags) context.setFlags(flag)
    FFmpegError.throwIfError(await context.open2(codec, null), 'open')
    for (let i = 0; i < options.frames; i++) {
      const pixels = Buffer.alloc((width * height * 3) / 2, u).fill(luma, 0, width * height)
      for (let y = 0; y < height; y++) pixels.fill(luma + (i % 32), y * width, y * width + width / 2)
      pixels.fill(v, (width * height * 5) / 4)
      const frame = Frame.fromVideoBuffer(pixels, {
        ...SIZE,
        format: AV_PIX_FMT_YUV420P,
        timeBase: { num: 1, den: FPS },
      })
      frame.pts = BigInt(i)
      if (options.interlaced) frame.setFlags(AV_FRAME_FLAG_INTERLACED, AV_FRAME_FLAG_TOP_FIELD_FIRST)
      FFmpegError.throwIfError(await context.sendFrame(frame), 'send')
      frame.free()
      FFmpegError.throwIfError(await context.receivePacket(packet), 'receive')
      await take(packet, context)
      packet.unref()
    }
  } finally {
    packet.free()
    context.freeContext()
  }
}

/** Access units in Annex B form, the first an IDR. */
export async function h264AccessUnits(options: H264Options): Promise<Uint8Array[]> {
  const units: Uint8Array[] = []
  await encode(options, [], (packet) => units.push(Uint8Array.from(packet.data ?? [])))
  return units
}

/** An MP4 with one H.264 video of 320×240, 25 frames a second. */
export async function writeMp4(path: string, options: H264Options): Promise<void> {
  const format = new FormatContext()
  FFmpegError.throwIfError(format.allocOutputContext2(null, 'mp4', path), 'muxer')
  const stream = format.newStream()
  let begun = false
  await encode(options, [AV_CODEC_FLAG_GLOBAL_HEADER], async (packet, context) => {
    if (!begun) {
      stream.codecpar.fromContext(context)
      stream.timeBase = context.timeBase
      await format.openOutput()
      FFmpegError.throwIfError(await format.writeHeader(null), 'header')
      begun = true
    }
    packet.streamIndex = stream.index
    packet.duration = 1n
    packet.rescaleTs(context.timeBase, stream.timeBase)
    FFmpegError.throwIfError(await format.interleavedWriteFrame(packet), 'frame')
  })
  FFmpegError.throwIfError(await format.writeTrailer(), 'trailer')
  await format.closeOutput()
}
