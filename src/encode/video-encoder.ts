import { availableParallelism } from 'node:os'
import { FF_ENCODER_LIBVPX_VP8, FF_ENCODER_LIBX264 } from 'node-av/constants'
import type { VideoCodec } from '../common/codec.js'
import { CodecSession, type EncodedPicture, type SessionConfig } from './codec-session.js'
import { evenUp, type Picture } from './frames.js'

/** How much of the bitrate a keyframe may take at once: this many ms of it. */
const RATE_BUFFER_MS = 750
/** Above this, one thread takes longer than the picture is worth waiting for. */
const MANY_PIXELS = 1600 * 900

/** Encodes the pictures of one track with one codec, whatever their size: a new size is a new session and a keyframe. */
export class VideoEncoder {
  #session: CodecSession | undefined
  #key = ''

  constructor(readonly codec: VideoCodec) {}

  /**
   * Calls must not overlap.
   *
   * @param time in 1/90,000 s, increasing from call to call
   * @param bitrate upper bound, bit/s; a change reopens the encoder, at the cost of a keyframe
   * @returns undefined when the rate control skipped the picture
   */
  async encode(
    picture: Picture,
    time: number,
    bitrate: number,
    keyframe: boolean,
  ): Promise<EncodedPicture | undefined> {
    const key = `${picture.width}x${picture.height}@${bitrate}`
    if (!this.#session || key !== this.#key) {
      this.close()
      this.#session = await CodecSession.open(CONFIGURE[this.codec](picture, bitrate))
      this.#key = key
    }
    return this.#session.encode(picture, time, keyframe)
  }

  close(): void {
    this.#session?.close()
    this.#session = undefined
  }
}

const CONFIGURE: Record<VideoCodec, (picture: Picture, bitrate: number) => SessionConfig> = {
  h264: ({ width, height }, bitrate) => ({
    encoder: FF_ENCODER_LIBX264,
    width: evenUp(width),
    height: evenUp(height),
    bitrate,
    threads: threadsFor(width, height),
    prepare: (context) => {
      // With both set before opening, libx264 follows later changes without a keyframe.
      context.rcMaxRate = BigInt(bitrate)
      context.rcBufferSize = rateBuffer(bitrate)
      // Finer than this nobody sees, and a still picture would cost bits for ever.
      context.qMin = 10
    },
    options: {
      preset: 'superfast',
      tune: 'zerolatency',
      profile: 'baseline', // with B-frames and interlacing off this is Constrained Baseline
      // Constant quality under a cap: easy content costs little, hard content costs the cap, and a
      // still picture reaches 45 dB within ten frames, where a constant rate needed thirty (measured at 720p).
      crf: '18',
      'forced-idr': '1',
    },
  }),
  vp8: ({ width, height }, bitrate) => ({
    encoder: FF_ENCODER_LIBVPX_VP8,
    width,
    height,
    bitrate,
    threads: threadsFor(width, height),
    prepare: (context) => {
      // All three alike is what FFmpeg takes for constant bitrate.
      context.bitRate = BigInt(bitrate)
      context.rcMinRate = BigInt(bitrate)
      context.rcMaxRate = BigInt(bitrate)
      context.rcBufferSize = rateBuffer(bitrate)
      context.qMin = 2
      context.qMax = 56
    },
    options: {
      deadline: 'realtime',
      'cpu-used': '-12', // negative: a fixed speed, not one that wanders with the machine's load
      'lag-in-frames': '0',
      'max-intra-rate': '1000', // a keyframe may take ten average frames
    },
  }),
}

function rateBuffer(bitrate: number): number {
  return Math.round((bitrate * RATE_BUFFER_MS) / 1000)
}

function threadsFor(width: number, height: number): number {
  return width * height >= MANY_PIXELS ? Math.min(4, availableParallelism()) : 1
}
