import type { Picture } from './attempt.js'
import { afterPageLoad } from './page-load.js'

/** Where the pictures of one connection after the other are shown: the stream, and a video that has it. */
export class Screen {
  /** The same object across connections. */
  readonly stream = new MediaStream()
  readonly #video: HTMLVideoElement | undefined
  /** Shows what is no track, when nobody has given a video. */
  #own: HTMLVideoElement | undefined
  #picture: Picture | undefined

  constructor(video: HTMLVideoElement | undefined) {
    this.#video = video
  }

  /** Shows another picture from now on; gives the track that `stream` has of it. */
  show(picture: Picture): MediaStreamTrack | undefined {
    this.#picture = picture
    this.#clear()
    if ('attach' in picture) return this.#attach(picture)
    this.stream.addTrack(picture.track)
    const video = this.#video
    if (video)
      afterPageLoad(() => {
        if (this.#picture !== picture || picture.track.readyState === 'ended') return
        // Set anew, so that the video tells of its first picture (`loadeddata`) each time.
        if (video.hasAttribute('src')) video.removeAttribute('src')
        video.srcObject = null
        video.srcObject = this.stream
        play(video)
      })
    return picture.track
  }

  /** Nothing more is shown; the video keeps what it has. */
  end(): void {
    this.#picture = undefined
    this.#own?.removeAttribute('src')
    this.#own = undefined
  }

  #attach(picture: Extract<Picture, { attach: unknown }>): MediaStreamTrack | undefined {
    const video = this.#video ?? hiddenVideo()
    picture.attach(video)
    play(video)
    if (this.#video) return undefined
    this.#own = video
    const track = captured(video)?.getVideoTracks()[0]
    if (track) this.stream.addTrack(track)
    return track
  }

  #clear(): void {
    for (const old of this.stream.getTracks()) this.stream.removeTrack(old)
  }
}

/** Resolves when a picture that is not shown yet has its first frame. */
export async function pictureReady(picture: Picture): Promise<void> {
  if ('attach' in picture) return
  const video = hiddenVideo()
  await new Promise<void>((resolve) => {
    video.addEventListener('loadeddata', () => resolve(), { once: true })
    picture.track.addEventListener('ended', () => resolve(), { once: true })
    video.srcObject = new MediaStream([picture.track])
    play(video)
  })
  video.srcObject = null
}

function hiddenVideo(): HTMLVideoElement {
  const video = document.createElement('video')
  video.muted = true
  video.playsInline = true
  return video
}

function play(video: HTMLVideoElement): void {
  video.play().catch(() => {})
}

/** What a video plays, as a stream; undefined where the browser has nothing of the kind. */
function captured(video: HTMLVideoElement): MediaStream | undefined {
  const able = video as { captureStream?: () => MediaStream; mozCaptureStream?: () => MediaStream }
  return able.captureStream?.() ?? able.mozCaptureStream?.()
}
