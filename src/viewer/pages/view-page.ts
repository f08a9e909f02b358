import { setText } from '../dom.js'
import type { PixelcastViewElement } from '../element.js'
import { formatBitrate, formatFps, formatMs, formatSize } from '../format.js'
import type { ViewerStats } from '../stats.js'
import { trackOfPage, whepUrl } from '../urls.js'
import type { StateChange, ViewerState } from '../viewer-types.js'
import { Gate } from './gate.js'

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
const keys = byId('keys') as HTMLDialogElement

function start(view: PixelcastViewElement): void {
  const name = trackOfPage(location.pathname)
  if (name === undefined) {
    location.replace(ROOT)
    return
  }
  document.title = `${name} · pixelcast`
  setText(byId('name'), name)

  const gate = new Gate(ROOT, name)
  const connect = (): void => {
    view.removeAttribute('src')
    view.src = whepUrl(name, ROOT)
  }
  gate.onChange = connect
  view.addEventListener('state', (event) => {
    const { detail } = event as CustomEvent<StateChange>
    showState(detail)
    if (detail.state === 'failed') void returnBy(gate).then((isOpen) => isOpen && connect())
  })
  view.addEventListener('stats', (event) => showStats((event as CustomEvent<ViewerStats>).detail))
  view.addEventListener('rights', (event) => {
    byId('controlled').hidden = !(event as CustomEvent<boolean>).detail
  })
  // `?codec=vp8` asks for one codec, `?transport=websocket` for one way, `?stats` opens the panel: for a bug report, or a test.
  const query = new URLSearchParams(location.search)
  const codec = query.get('codec')
  if (codec) view.codec = codec
  const transport = query.get('transport')
  if (transport) view.setAttribute('transport', transport)
  view.stats = query.has('stats')
  void gate.pass().then(() => {
    connect()
    // As in a window of its own: keys count without a click.
    view.focus({ preventScroll: true })
  })

  byId('help').addEventListener('click', () => keys.showModal())
  // A click beside it closes it.
  keys.addEventListener('click', (event) => {
    if (event.target === keys) keys.close()
  })
  document.addEventListener('keydown', (event) => pressed(view, event))
}

/** Whether the page failed for want of access, and has it again. */
async function returnBy(gate: Gate): Promise<boolean> {
  if (!(await gate.isClosed())) return false
  await gate.renew()
  return true
}

function pressed(view: PixelcastViewElement, event: KeyboardEvent): void {
  // What the picture took is not the page's; nor what is typed into a field.
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return
  if (event.composedPath()[0] instanceof HTMLInputElement || keys.open) return
  if (event.key === 'f') void view.toggleFullscreen()
  else if (event.key === 's') view.stats = !view.stats
  else if (event.key === 'o') view.overlay = !view.overlay
  else if (event.key === '?') keys.showModal()
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
