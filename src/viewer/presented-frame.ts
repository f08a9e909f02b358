/** A browser that has `requestVideoFrameCallback` need not have `rtpTimestamp` in what it passes. */
export type PresentedFrame = VideoFrameCallbackMetadata & {
  readonly rtpTimestamp?: number
  /** When its last packet came, on this page's clock. */
  readonly receiveTime?: number
}

/** WebCodecs' registry of frame metadata; Chromium has it, Firefox does not. */
type DescribedFrame = VideoFrame & { metadata?(): { readonly rtpTimestamp?: number } }

/**
 * RTP time of the frame that a video shows at this moment; undefined where the browser does not tell.
 *
 * The callback tells of a frame after it was put on the screen. In Chromium the next one may have taken its
 * place by then (seen: 1 frame in 40), and has its own callback later: the frame itself knows better.
 * @param presented RTP time of the frame that the last callback was about
 */
export function shownRtp(video: HTMLVideoElement, presented: number | undefined): number | undefined {
  // In secure contexts alone: on a page of plain HTTP from elsewhere the callback has to do.
  if (typeof VideoFrame === 'undefined' || !('metadata' in VideoFrame.prototype)) return presented
  try {
    const frame: DescribedFrame = new VideoFrame(video)
    const rtp = frame.metadata?.().rtpTimestamp
    frame.close()
    return rtp ?? presented
  } catch {
    return presented // there is no frame yet
  }
}
