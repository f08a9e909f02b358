import {
  AV_CODEC_FLAG_PSNR,
  AV_PICTURE_TYPE_I,
  AV_PICTURE_TYPE_NONE,
  AV_PIX_FMT_YUV420P,
  AV_PKT_DATA_QUALITY_STATS,
  type FF_ENCODER_LIBVPX_VP8,
  type FF_ENCODER_LIBX264,
} from 'node-av/constants'
import { Codec, CodecContext, FFmpegError, Packet, Rational } from 'node-av/lib'
import { OUTPUT_COLOUR } from './colour.js'
import type { Picture } from './frames.js'

/** 90 kHz, the RTP clock of video (RFC 3551, section 5). */
const TIME_BASE = new Rational(1, 90_000)
/** One keyframe at the start, then only on request. */
const NO_GOP = 0x7fffffff

export interface SessionConfig {
  /** FFmpeg's name of the encoder. */
  readonly encoder: typeof FF_ENCODER_LIBX264 | typeof FF_ENCODER_LIBVPX_VP8
  /** Coded size in pixels. */
  readonly width: number
  readonly height: number
  /** Upper bound, bit/s. */
  readonly bitrate: number
  readonly threads: number
  readonly options: Readonly<Record<string, string>>
  /** What remains to be set on the context before it is opened. */
  readonly prepare?: (context: CodecContext) => void
}

export interface EncodedPicture {
  readonly data: Uint8Array
  readonly keyframe: boolean
  /** Of the decoded picture against the source, all planes, dB; undefined when the encoder does not say. */
  readonly psnr: number | undefined
}

/** One open FFmpeg encoder of a fixed size. Calls must not overlap: FFmpeg aborts the process if they do. */
export class CodecSession {
  readonly width: number
  readonly height: number
  /** On which it encodes a picture. */
  readonly threads: number
  readonly #context: CodecContext
  readonly #packet = new Packet()

  private constructor(config: SessionConfig, context: CodecContext) {
    this.width = config.width
    this.height = config.height
    this.threads = config.threads
    this.#context = context
    this.#packet.alloc()
  }

  static async open(config: SessionConfig): Promise<CodecSession> {
    const codec = Codec.findEncoderByName(config.encoder)
    if (!codec) throw new Error(`this FFmpeg has no ${config.encoder}`)
    const context = new CodecContext()
    context.allocContext3(codec)
    context.width = config.width
    context.height = config.height
    context.pixelFormat = AV_PIX_FMT_YUV420P
    context.timeBase = TIME_BASE
    context.framerate = new Rational(30, 1) // only a first guess for the rate control; the time stamps rule
    context.gopSize = NO_GOP
    context.maxBFrames = 0
    context.threadCount = config.threads
    context.colorRange = OUTPUT_COLOUR.range
    context.colorSpace = OUTPUT_COLOUR.matrix
    context.colorPrimaries = OUTPUT_COLOUR.primaries
    context.colorTrc = OUTPUT_COLOUR.transfer
    context.setFlags(AV_CODEC_FLAG_PSNR) // so that a still picture knows when it is good enough
    config.prepare?.(context)
    for (const [name, value] of Object.entries(config.options)) {
      const result = context.setOption(name, value)
      if (result < 0) throw new Error(`${config.encoder} refuses ${name}=${value} (${result})`)
    }
    const result = await context.open2(codec, null)
    if (result < 0) {
      context.freeContext()
      throw new Error(
        `${config.encoder} does not open for ${config.width}×${config.height}: ${new FFmpegError(result).message}`,
      )
    }
    return new CodecSession(config, context)
  }

  /** @param time of the picture in 1/90,000 s, increasing from call to call */
  async encode(picture: Picture, time: number, keyframe: boolean): Promise<EncodedPicture | undefined> {
    const frame = picture.frame.clone()
    if (!frame) throw new Error('no memory for a frame reference')
    try {
      frame.width = this.width
      frame.height = this.height
      frame.pts = BigInt(time)
      // Always written: a picture type that stays set makes every frame a keyframe.
      frame.pictType = keyframe ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE
      const sent = await this.#context.sendFrame(frame)
      if (sent < 0) throw new Error(`encoding failed: ${new FFmpegError(sent).message}`)
    } finally {
      frame.free()
    }
    // The work was done in sendFrame, on a thread of the pool; this only fetches the result.
    if (this.#context.receivePacketSync(this.#packet) < 0) return undefined // dropped by the rate control
    try {
      const { data } = this.#packet
      if (!data) return undefined
      return {
        data: Uint8Array.prototype.slice.call(data),
        keyframe: this.#packet.isKeyframe,
        psnr: psnrOf(this.#packet, this.width, this.height),
      }
    } finally {
      this.#packet.unref()
    }
  }

  /**
   * Only for libx264, which compares these with its own before each picture (FFmpeg: reconfig_encoder).
   * @param bitrate upper bound, bit/s
   * @param buffer size of the rate control's buffer, bits
   */
  setRate(bitrate: number, buffer: number): void {
    this.#context.rcMaxRate = BigInt(bitrate)
    this.#context.rcBufferSize = buffer
  }

  close(): void {
    this.#context.freeContext()
    this.#packet.free()
  }
}

/** From AVPacketSideDataQualityStats: quality u32, type u8, error count u8, 2 reserved, then u64 squared errors of Y, U, V. */
function psnrOf(packet: Packet, width: number, height: number): number | undefined {
  const stats = packet.getSideData(AV_PKT_DATA_QUALITY_STATS)
  if (!stats || stats.length < 32 || (stats[5] ?? 0) < 3) return undefined
  let squaredError = 0
  for (let plane = 0; plane < 3; plane++) squaredError += Number(stats.readBigUInt64LE(8 + plane * 8))
  const samples = width * height * 1.5
  return squaredError === 0 ? 99 : Math.min(99, 10 * Math.log10((255 * 255 * samples) / squaredError))
}
