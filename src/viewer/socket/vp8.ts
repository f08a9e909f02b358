/** Size that a VP8 keyframe begins with (RFC 6386 §9.1); undefined when it is none. */
export function vp8Size(frame: Uint8Array): { width: number; height: number } | undefined {
  const isKeyframe = ((frame[0] ?? 1) & 1) === 0
  if (!isKeyframe || frame[3] !== 0x9d || frame[4] !== 0x01 || frame[5] !== 0x2a || frame.length < 10)
    return undefined
  // Fourteen bits each; the two above say how to scale, which nobody uses.
  const side = (at: number): number => ((frame[at] ?? 0) | ((frame[at + 1] ?? 0) << 8)) & 0x3fff
  return { width: side(6), height: side(8) }
}
