import { availableParallelism } from 'node:os'
import { FF_ENCODER_LIBVPX_VP8, FF_ENCODER_LIBX264 } from 'node-av/constants'
import type { VideoCodec } from '../common/codec.js'
import { burstBits, type EncodeTarget } from './bitrate.js'
import type { SessionConfig } from './codec-session.js'
import type { Effort } from './effort.js'
import { evenUp } from './frames.js'
import type { LoopFilter } from './loop-filter.js'
import type { Size } from './size.js'

/** From this on two threads of libx264 are sooner done than one: at 1280×720 and 60 fps 3 ms of 21 at the median, 9 of 35 at p95 (measured on two cores). */
const H264_MANY_PIXELS = 1200 * 700
/**
 * libvpx waits for its threads row by row, actively: on two cores that a browser shares, two threads took
 * 70 ms glass to glass where one took 45 (1920×1080, measured). Only where cores are left.
 */
const VP8_MANY_PIXELS = 1600 * 900
const MOST_THREADS = 4
/** FFmpeg knows no frame rate: the time stamps rule. What the rate controls take for one frame, 1/s. */
const NOMINAL_FPS = 30

/** Chosen while encoding, and only changed by opening an encoder anew. */
export interface Tuning {
  readonly effort: Effort
  /** Only of VP8. */
  readonly filter: LoopFilter
}

/**
 * libvpx's speeds. Negative: a fixed speed, not one that wanders with the machine's load. From 14 on it takes the simple
 * loop filter; from 15 on it looks for motion in whole pixels only.
 */
const VP8_SPEED: Record<LoopFilter, string> = { normal: '-12', simple: '-14' }
const VP8_LEAST_SPEED = '-16'

/** How each codec's encoder is opened for a size, a rate, and a tuning. */
export const CONFIGURE: Record<
  VideoCodec,
  (size: Size, target: EncodeTarget, tuning: Tuning) => SessionConfig
> = {
  h264: ({ width, height }, target, { effort }) => ({
    encoder: FF_ENCODER_LIBX264,
    width: evenUp(width),
    height: evenUp(height),
    bitrate: target.bitrate,
    threads: width * height >= H264_MANY_PIXELS ? Math.min(MOST_THREADS, availableParallelism()) : 1,
    prepare: (context) => {
      // With both set before opening, libx264 follows later changes without a keyframe.
      context.rcMaxRate = BigInt(target.bitrate)
      context.rcBufferSize = burstBits(target)
      // Finer than this nobody sees, and a still picture would cost bits for ever.
      context.qMin = 10
    },
    options: {
      preset: effort === 'normal' ? 'superfast' : 'ultrafast',
      tune: 'zerolatency',
      profile: 'baseline', // with B-frames and interlacing off this is Constrained Baseline
      // Constant quality under a cap: easy content costs little, hard content costs the cap, and a
      // still picture reaches 45 dB within ten frames, where a constant rate needed thirty (measured at 720p).
      crf: '18',
      'forced-idr': '1',
    },
  }),
  vp8: ({ width, height }, target, { effort, filter }) => {
    const threads =
      width * height >= VP8_MANY_PIXELS ? Math.min(MOST_THREADS, Math.max(1, availableParallelism() >> 1)) : 1
    const burst = burstBits(target)
    return {
      encoder: FF_ENCODER_LIBVPX_VP8,
      width,
      height,
      bitrate: target.bitrate,
      threads,
      prepare: (context) => {
        // All three alike is what FFmpeg takes for constant bitrate.
        context.bitRate = BigInt(target.bitrate)
        context.rcMinRate = BigInt(target.bitrate)
        context.rcMaxRate = BigInt(target.bitrate)
        context.rcBufferSize = burst
        context.qMin = 2
        context.qMax = 56
      },
      options: {
        deadline: 'realtime',
        'cpu-used': effort === 'normal' ? VP8_SPEED[filter] : VP8_LEAST_SPEED,
        'lag-in-frames': '0',
        slices: String(threads), // partitions, so that threads do not wait for each other
        // What a keyframe may take, in percent of an average frame.
        'max-intra-rate': String(Math.max(300, Math.round((100 * NOMINAL_FPS * burst) / target.bitrate))),
      },
    }
  },
}
