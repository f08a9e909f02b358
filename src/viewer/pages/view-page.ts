import { setText } from '../dom.js'
import type { PixelcastViewElement } from '../element.js'
import { formatBitrate, formatFps, formatMs, formatSize } from '../format.js'
import type { ViewerStats } from '../stats.js'
import { snapshotUrl, trackOfPage, whepUrl } from '../urls.js'
import type { StateChange, ViewerState } from '../viewer-types.js'

/** The page lies at `view/NAME`; everything else is one level up, wherever the server is mounted. */
const ROOT = '../'

const WORDS: Readonly<Record<ViewerState, string>> = {
  connecting: 'Connecting',
  live: 'Live',
  reconnecting: 'Reconnecting',
  closed: 'Ended',
  failed: 'Failed',
}

const byId = (id: string): HTMLElement => document.getElementById(id) as HTMLElement

function start(view: PixelcastViewElement): void {
  const name = trackOfPage(location.pathname)
  if (name === undefined) {
    location.replace(ROOT)
    return
  }
  document.title = `${name} · pixelcast`
  setText(byId('name'), name)
  byId('snapshot').setAttribute('href', snapshotUrl(name, 'png', ROOT))

  view.addEventListener('state', (event) => showState((event as CustomEvent<StateChange>).detail))
  view.addEventListener('stats', (event) => showStats((event as CustomEvent<ViewerStats>).detail))
  // `?codec=vp8` asks for one codec, `?stats` opens the panel: for a bug report, or a test.
  const query = new URLSearchParams(location.search)
  const codec = query.get('codec')
  if (codec) view.codec = codec
  if (query.has('stats')) toggleStats(view)
  view.src = whepUrl(name, ROOT)

  byId('stats').addEventListener('click', () => toggleStats(view))
  byId('fullscreen').addEventListener('click', () => void view.toggleFullscreen())
  view.addEventListener('dblclick', () => void view.toggleFullscreen())
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return
    if (event.key === 'f') void view.toggleFullscreen()
    else if (event.key === 's') toggleStats(view)
  })
}

function toggleStats(view: PixelcastViewElement): void {
  view.stats = !view.stats
  byId('stats').setAttribute('aria-pressed', String(view.stats))
}

function showState({ state }: StateChange): void {
  byId('state').dataset.state = state
  setText(byId('state').lastElementChild as Element, WORDS[state])
  // Numbers of a connection that is no more would only mislead.
  if (state !== 'live') byId('facts').classList.add('unknown')
}

function showStats(stats: ViewerStats): void {
  byId('facts').classList.toggle('unknown', stats.framesDecoded === 0)
  setText(byId('size'), formatSize(stats.width, stats.height))
  setText(byId('fps'), formatFps(stats.fps))
  setText(byId('bitrate'), formatBitrate(stats.bitrate))
  setText(byId('latency'), formatMs(stats.latency))
}

const view = document.querySelector('pixelcast-view')
if (view) void customElements.whenDefined('pixelcast-view').then(() => start(view))
