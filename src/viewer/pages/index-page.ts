import { setText } from '../dom.js'
import { formatCount } from '../format.js'
import { Gate } from './gate.js'
import { LivePlan } from './live-plan.js'
import { TrackCard } from './track-card.js'
import type { TrackInfo } from './track-info.js'
import { arrange, type TrackOrder } from './track-order.js'
import { AccessError, fetchTracks } from './tracks.js'

const POLL_MS = 1_000
/** Fewer tracks are seen at a glance. */
const TOOLS_FROM = 7

const byId = (id: string): HTMLElement => document.getElementById(id) as HTMLElement
const list = byId('tracks')
const empty = byId('empty')
const nothing = byId('nothing')
const notice = byId('notice')
const summary = byId('summary')
const tools = byId('tools') as HTMLFormElement
const search = byId('search') as HTMLInputElement
const order = byId('sort') as HTMLSelectElement
const cards = new Map<string, TrackCard>()
const cardOf = new WeakMap<Element, TrackCard>()
const plan = new LivePlan()
const gate = new Gate('')
let known: readonly TrackInfo[] = []
let timer: ReturnType<typeof setTimeout> | undefined
let polling = false

const visibility = new IntersectionObserver(
  (entries) => {
    for (const entry of entries) {
      const card = cardOf.get(entry.target)
      if (card) card.visible = entry.isIntersecting
    }
  },
  { rootMargin: '100px' },
)

function show(tracks: readonly TrackInfo[]): void {
  known = tracks
  notice.hidden = true
  list.classList.remove('stale')
  empty.hidden = tracks.length > 0
  tools.hidden = tracks.length < TOOLS_FROM
  setText(summary, tracks.length === 0 ? '' : formatCount(tracks.length, 'track'))
  const names = new Set(tracks.map((track) => track.name))
  for (const [name, card] of cards) {
    if (names.has(name)) continue
    card.live = false
    visibility.unobserve(card.root)
    card.root.remove()
    cards.delete(name)
  }
  for (const track of tracks) cardFor(track.name).update(track)
  arrangeCards()
  goLive()
}

function cardFor(name: string): TrackCard {
  const known = cards.get(name)
  if (known) return known
  const card = new TrackCard(name, goLive)
  cards.set(name, card)
  cardOf.set(card.root, card)
  // Before the observer's first word, so that a thumbnail is not a whole poll late.
  card.visible = true
  visibility.observe(card.root)
  return card
}

/** Puts the cards that are searched for in order. One that is in its place stays untouched, or it would lose its connection. */
function arrangeCards(): void {
  const wanted = tools.hidden ? [...known] : arrange(known, search.value, order.value as TrackOrder)
  const roots = wanted.map(({ name }) => cardFor(name).root)
  const kept = new Set<Element>(roots)
  for (const child of [...list.children]) if (!kept.has(child)) child.remove()
  roots.forEach((root, index) => {
    if (list.children[index] !== root) list.insertBefore(root, list.children[index] ?? null)
  })
  nothing.hidden = known.length === 0 || wanted.length > 0
  setText(nothing, nothing.hidden ? '' : `No track is called “${search.value.trim()}”`)
}

function goLive(): void {
  const shown = [...cards.values()].filter(({ root }) => root.isConnected)
  const live = plan.choose(
    shown.map(({ candidate }) => candidate),
    performance.now(),
  )
  for (const [name, card] of cards) card.live = live.has(name) && card.root.isConnected
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
  } catch (error) {
    if (error instanceof AccessError) await gate.renew()
    else showGone()
  }
  polling = false
  if (!document.hidden) timer = setTimeout(() => void poll(), POLL_MS)
}

// Nobody looks at a hidden page: it asks for nothing, and catches up when it is shown.
document.addEventListener('visibilitychange', () => {
  clearTimeout(timer)
  if (!document.hidden) void poll()
})
for (const type of ['input', 'change'])
  tools.addEventListener(type, () => {
    arrangeCards()
    goLive()
  })
gate.onChange = () => void poll()
tools.addEventListener('submit', (event) => event.preventDefault())
setText(byId('push'), `curl -T photo.jpg ${new URL('tracks/camera/image', location.href)}`)
void gate.pass().then(poll)
