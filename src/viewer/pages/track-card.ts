import { html, ICONS, icon, setText } from '../dom.js'
import type { PixelcastViewElement } from '../element.js'
import { formatFps, formatSize } from '../format.js'
import { snapshotUrl, viewUrl, whepUrl } from '../urls.js'
import type { Candidate } from './live-plan.js'
import type { TrackInfo } from './track-info.js'

/** A thumbnail shows what a track is about, ms. */
const REFRESH_MS = 2_000
/** A pointer that stays for this long means the card, and is not on its way to another one, ms. */
const DWELL_MS = 200

/** One track on the index page: live, or a thumbnail that is fetched again when there is a new one to see. */
export class TrackCard {
  readonly root = html('li')
  readonly #thumb: HTMLElement
  readonly #dot = html('span', { class: 'dot' })
  readonly #watching = html('span', { class: 'watching' })
  readonly #count = html('span')
  readonly #about = html('p', { class: 'about' })
  readonly #name: string
  #image: HTMLImageElement | undefined
  #live: PixelcastViewElement | undefined
  #fps = 0
  #shown = -1
  #nextFetch = 0
  #fetching = false
  #pointed = false
  #dwell: ReturnType<typeof setTimeout> | undefined
  /** Set from outside: whether the card lies in the visible part of the page. */
  visible = false

  /** @param pointed called when the pointer, or the keyboard, came to stay, or went */
  constructor(name: string, pointed: () => void) {
    this.#name = name
    this.#thumb = html('div', { class: 'thumb' }, html('span', { class: 'placeholder' }, icon(ICONS.image)))
    this.#watching.append(icon(ICONS.eye), this.#count)
    const link = html(
      'a',
      { class: 'card', href: viewUrl(name) },
      this.#thumb,
      html('div', { class: 'line' }, this.#dot, html('span', { class: 'name' }, name), this.#watching),
      this.#about,
    )
    for (const [type, value] of [
      ['pointerenter', true],
      ['pointerleave', false],
      ['focus', true],
      ['blur', false],
    ] as const)
      link.addEventListener(type, () => {
        clearTimeout(this.#dwell)
        const tell = (): void => {
          this.#pointed = value
          pointed()
        }
        if (value) this.#dwell = setTimeout(tell, DWELL_MS)
        else tell()
      })
    this.root.append(link)
  }

  get candidate(): Candidate {
    return { name: this.#name, visible: this.visible, pointed: this.#pointed, fps: this.#fps }
  }

  update(track: TrackInfo): void {
    this.#fps = track.fps
    const moving = track.fps > 0
    this.#dot.classList.toggle('moving', moving)
    // This page's own look at it does not count.
    const others = Math.max(0, track.viewers - Number(this.#live?.dataset.state === 'live'))
    this.#watching.hidden = others === 0
    this.#watching.title = `${others} watching`
    setText(this.#count, String(others))
    const about =
      track.width === undefined
        ? 'No image yet'
        : `${formatSize(track.width, track.height)} · ${moving ? formatFps(track.fps) : 'still'}`
    setText(this.#about, about)
    // Fresh also under a live picture that is still on its way.
    const covered = this.#live?.hasAttribute('data-picture') ?? false
    // A track that was removed and added again counts from the beginning: any difference is news.
    if (this.visible && !covered && track.width !== undefined && track.pushed !== this.#shown)
      void this.#refresh(track.pushed)
  }

  /** Shows it live, or as a thumbnail. */
  set live(live: boolean) {
    if (live === (this.#live !== undefined)) return
    if (live) {
      this.#live = html('pixelcast-view', {
        src: whepUrl(this.#name),
        input: 'off',
        'pause-hidden': '1',
        inert: '',
        'aria-hidden': 'true',
      })
      this.#thumb.append(this.#live)
    } else {
      this.#live?.remove()
      this.#live = undefined
    }
  }

  async #refresh(pushed: number): Promise<void> {
    const now = performance.now()
    if (this.#fetching || now < this.#nextFetch) return
    this.#fetching = true
    this.#nextFetch = now + REFRESH_MS
    // Loaded aside and put in place when decoded: the card never shows half a picture, or none.
    const next = html('img', { alt: '' })
    next.src = snapshotUrl(this.#name, 'jpg', '', pushed)
    try {
      await next.decode()
      if (this.#image) this.#image.replaceWith(next)
      else this.#thumb.append(next)
      this.#image = next
      // Never over the live picture, which lies above by its place in the document.
      if (this.#live) this.#thumb.append(this.#live)
      this.#shown = pushed
    } catch {
      // The track, or the server, went away in between: the list says so at its next look.
    } finally {
      this.#fetching = false
    }
  }
}
