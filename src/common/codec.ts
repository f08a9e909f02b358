/** Video codecs that pixelcast encodes, in the order in which it prefers them. */
export const VIDEO_CODECS = ['h264', 'vp8'] as const
/** A video codec that a track can be encoded with: `h264` or `vp8`. */
export type VideoCodec = (typeof VIDEO_CODECS)[number]
