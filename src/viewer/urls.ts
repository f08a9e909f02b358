/**
 * The name of the track that a viewer page's address shows: its last segment. Undefined when it is
 * empty or not decodable.
 */
export function trackOfPage(pathname: string): string | undefined {
  const segment = pathname.split('/').at(-1)
  if (!segment) return undefined
  try {
    return decodeURIComponent(segment)
  } catch {
    return undefined
  }
}

/** Address of a track's page, relative to the index page, wherever that one is mounted. */
export function viewUrl(track: string): string {
  return `view/${encodeURIComponent(track)}`
}

/** Address of a track's WHEP endpoint, relative to `root`: the way to the index page (`../` from a view). */
export function whepUrl(track: string, root = ''): string {
  return `${root}whep/${encodeURIComponent(track)}`
}

/**
 * Address of a track's last image. `version` (the count of images pushed) makes it a new address
 * for a new image, so that a cached one is never shown for it.
 */
export function snapshotUrl(track: string, format: 'png' | 'jpg', root = '', version?: number): string {
  const query = version === undefined ? '' : `?v=${version}`
  return `${root}tracks/${encodeURIComponent(track)}/snapshot.${format}${query}`
}

/** A name for a file of a track: `camera 2026-01-31 18.05.09.png`. */
export function fileName(src: string, extension: string, now: Date): string {
  const last = src.split(/[?#]/)[0]?.split('/').at(-1) ?? ''
  let name = 'picture'
  try {
    name = decodeURIComponent(last).replace(/[\p{Cc}\\/:*?"<>|]+/gu, '-') || name
  } catch {
    // Not of this server's making: its name is not known.
  }
  const two = (value: number): string => String(value).padStart(2, '0')
  const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`
  return `${name} ${day} ${two(now.getHours())}.${two(now.getMinutes())}.${two(now.getSeconds())}.${extension}`
}
