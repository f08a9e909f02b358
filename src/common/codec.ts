/** Video codecs that pixelcast encodes, in the order in which it prefers them. */
export const VIDEO_CODECS = ['h264', 'vp8'] as const
export type VideoCodec = (typeof VIDEO_CODECS)[number]
