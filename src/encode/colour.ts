import { AVCOL_PRI_BT709, AVCOL_RANGE_MPEG, AVCOL_SPC_SMPTE170M, AVCOL_TRC_BT709 } from 'node-av/constants'

/**
 * The colour of everything that is encoded, and what H.264 signals in its VUI.
 *
 * The matrix is BT.601 for both codecs, because VP8 can signal nothing else (RFC 6386, section 9.2)
 * and one conversion then serves both. Primaries and transfer are BT.709: browsers show them as sRGB
 * without a change, where SMPTE 170M primaries would be colour-managed into other colours.
 */
export const OUTPUT_COLOUR = {
  range: AVCOL_RANGE_MPEG,
  matrix: AVCOL_SPC_SMPTE170M,
  primaries: AVCOL_PRI_BT709,
  transfer: AVCOL_TRC_BT709,
} as const
