/**
 * Bounds on what a peer may send. Each is several times what any browser sends (the largest offer seen,
 * from Chromium with two video sections, has 11 kB and 343 lines) and small enough that parsing the
 * worst text within them stays in the low milliseconds.
 */

/** Longest SDP or trickle fragment in bytes of UTF-8: 128 KiB. Longer ones are refused with 413. */
export const MAX_SDP_BYTES = 128 * 1024

/** Most lines in one SDP. */
export const MAX_SDP_LINES = 4096

/**
 * Longest single line in characters. It also bounds the back-tracking of the parser's regular
 * expressions, some of which are quadratic in the length of a line.
 */
export const MAX_SDP_LINE = 2048

/** Most m-lines in one SDP. Rejecting an m-line costs a line of the answer, so this bounds that too. */
export const MAX_MEDIA_SECTIONS = 64

/** Most candidates that are kept of one offer or fragment; the rest is dropped, not refused. */
export const MAX_CANDIDATES = 32

/** Most characters of a mid. The RTP header extension that carries it has room for 16 bytes (RFC 8285). */
export const MAX_MID = 64
