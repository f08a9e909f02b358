import type { TrackInfo } from './track-info.js'

/** Orders of the index page; `added` is the server's own. */
export type TrackOrder = 'added' | 'name' | 'viewers' | 'moving'

const byName = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' }).compare

/** The tracks whose names have every word of the search, in that order. */
export function arrange(tracks: readonly TrackInfo[], search: string, order: TrackOrder): TrackInfo[] {
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  const found = tracks.filter(({ name }) => words.every((word) => name.toLowerCase().includes(word)))
  if (order === 'added') return found
  return found.sort((a, b) => {
    const first =
      order === 'viewers'
        ? b.viewers - a.viewers
        : order === 'moving'
          ? Number(b.fps > 0) - Number(a.fps > 0)
          : 0
    return first || byName(a.name, b.name)
  })
}
