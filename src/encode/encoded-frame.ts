import type { VideoCodec } from '../common/codec.js'
import type { MetadataText } from '../common/metadata-text.js'
import type { Scale } from './scale.js'

export { VIDEO_CODECS, type VideoCodec } from '../common/codec.js'

/** One encoded picture, shared by every viewer of its track, codec and rung. */
export interface EncodedFrame {
  readonly codec: VideoCodec
  /** H.264: an access unit in Annex B form, SPS and PPS before every IDR. VP8: one frame. */
  readonly data: Uint8Array
  readonly keyframe: boolean
  /** When the image was pushed, ms on the monotonic clock. */
  readonly captureTime: number
  /** Size of the source image in pixels (the coded size may be one larger each way, or smaller by the scale). */
  readonly width: number
  readonly height: number
  /** The rung: the picture is the image with both sides divided by this. */
  readonly scale: Scale
  /** What the application said about the image; the same object for all its frames. */
  readonly metadata?: MetadataText | undefined
  /** How much the encoder lost, all planes, dB; undefined when it does not say. */
  readonly psnr: number | undefined
}
