import { pause } from '../shared/program.mjs'
import { Media } from './media.mjs'
import { RgbaConverter } from './rgba.mjs'

/** Later than this, in ms, and a frame of a file is left out. */
const LATE = 100
/** After a camera was lost it is tried again after so many ms, then after twice as many, and so on. */
const FIRST_PAUSE = 500
const LONGEST_PAUSE = 15_000

/**
 * The frames of a video file, again and again, each at its time; or those of a camera, as they come, and again when it
 * was lost and is back. RGBA; a frame is valid until the next one is asked for. `say` is told what happens to a camera.
 */
export async function* framesOf(source, stop, say) {
  const rgba = new RgbaConverter()
  let wait = FIRST_PAUSE
  let media = await Media.open(source, stop)
  try {
    while (!stop.aborted) {
      if (!media) {
        await pause(wait, stop)
        wait = Math.min(LONGEST_PAUSE, 2 * wait)
        media = await Media.open(source, stop).catch(() => undefined)
        if (media) say('is back')
        continue
      }
      let shown = 0
      for await (const frame of media.isLive ? media.frames() : inTime(media.frames(), stop)) {
        yield await rgba.convert(frame)
        shown++
        wait = FIRST_PAUSE
      }
      const { isLive } = media
      await media.close()
      media = undefined
      if (stop.aborted) return
      if (isLive) say('was lost, trying again')
      else if (shown === 0) throw new Error('no frame in it can be decoded')
      else media = await Media.open(source, stop)
    }
  } finally {
    await media?.close()
    rgba.free()
  }
}

/** The frames by the video's own clock, not by the detector's. */
async function* inTime(frames, stop) {
  let start
  for await (const { frame, at } of frames) {
    start ??= performance.now() - at
    if (performance.now() - (start + at) > LATE) continue
    await pause(start + at - performance.now(), stop)
    if (stop.aborted) return
    yield { frame, at }
  }
}
