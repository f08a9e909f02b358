import { html, ICONS, icon, setText } from '../dom.js'
import { formatCount, formatFps, formatSize } from '../format.js'
import { snapshotUrl, viewUrl } from '../urls.js'
import type { TrackInfo } from './tracks.js'

/** A thumbnail shows what a track is about; who wants it live is one click away from that, ms. */
const REFRESH_MS = 2_000

/** One track on the index page. The picture is fetched again only when there is a new one to see. */
export class TrackCard {
  readonly root = html('li')
  readonly #thumb: HTMLElement
  readonly #dot = html('span', { class: 'dot' })
  readonly #watching = html('span', { class: 'watching' })
  readonly #about = html('p', { class: 'about' })
  readonly #name: string
  #shown = -1
  #nextFetch = 0
  #fetching = false
  /** Set from outside: whether the card lies in the visible part of the page. */
  visible = false

  constructor(name: string) {
    this.#name = name
    this.#thumb = html('div', { class: 'thumb' }, html('span', { class: 'placeholder' }, icon(ICONS.image)))
    const link = html(
      'a',
      { class: 'card', href: viewUrl(name) },
      this.#thumb,
      html('div', { class: 'line' }, this.#dot, html('span', { class: 'name' }, name), this.#watching),
      this.#about,
    )
    this.root.append(link)
  }

  update(track: TrackInfo): void {
    const moving = track.fps > 0
    this.#dot.classList.toggle('moving', moving)
    setText(this.#watching, track.viewers === 0 ? '' : formatCount(track.viewers, 'viewer'))
    const about =
      track.width === undefined
        ? 'No image yet'
        : `${formatSize(track.width, track.height)} · ${moving ? formatFps(track.fps) : 'still'}`
    setText(this.#about, about)
    // A track that was removed and added again counts from the beginning: any difference is news.
    if (this.visible && track.width !== undefined && track.pushed !== this.#shown)
      void this.#refresh(track.pushed)
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
      this.#thumb.replaceChildren(next)
      this.#shown = pushed
    } catch {
      // The track, or the server, went away in between: the list says so at its next look.
    } finally {
      this.#fetching = false
    }
  }
}
