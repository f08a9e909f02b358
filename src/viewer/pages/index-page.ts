import { setText } from '../dom.js'
import { formatCount } from '../format.js'
import { TrackCard } from './track-card.js'
import { fetchTracks, type TrackInfo } from './tracks.js'

const POLL_MS = 1_000

const list = document.getElementById('tracks') as HTMLElement
const empty = document.getElementById('empty') as HTMLElement
const notice = document.getElementById('notice') as HTMLElement
const summary = document.getElementById('summary') as HTMLElement
const cards = new Map<string, TrackCard>()
const cardOf = new WeakMap<Element, TrackCard>()
let timer: ReturnType<typeof setTimeout> | undefined
let polling = false

const visibility = new IntersectionObserver(
  (entries) => {
    for (const entry of entries) {
      const card = cardOf.get(entry.target)
      if (card) card.visible = entry.isIntersecting
    }
  },
  { rootMargin: '200px' },
)

function show(tracks: readonly TrackInfo[]): void {
  notice.hidden = true
  list.classList.remove('stale')
  empty.hidden = tracks.length > 0
  setText(summary, tracks.length === 0 ? '' : formatCount(tracks.length, 'track'))
  const names = new Set(tracks.map((track) => track.name))
  for (const [name, card] of cards) {
    if (names.has(name)) continue
    visibility.unobserve(card.root)
    card.root.remove()
    cards.delete(name)
  }
  for (const track of tracks) {
    let card = cards.get(track.name)
    if (!card) {
      card = new TrackCard(track.name)
      cards.set(track.name, card)
      cardOf.set(card.root, card)
      list.append(card.root)
      // Before the observer's first word, so that a thumbnail is not a whole poll late.
      card.visible = true
      visibility.observe(card.root)
    }
    card.update(track)
  }
}

function showGone(): void {
  empty.hidden = true
  list.classList.add('stale')
  setText(summary, '')
  setText(notice, 'The server does not answer. This page goes on by itself when it is back.')
  notice.hidden = false
}

async function poll(): Promise<void> {
  if (polling) return
  polling = true
  clearTimeout(timer)
  try {
    show(await fetchTracks())
  } catch {
    showGone()
  }
  polling = false
  if (!document.hidden) timer = setTimeout(() => void poll(), POLL_MS)
}

// Nobody looks at a hidden page: it asks for nothing, and catches up when it is shown.
document.addEventListener('visibilitychange', () => {
  clearTimeout(timer)
  if (!document.hidden) void poll()
})
void poll()
