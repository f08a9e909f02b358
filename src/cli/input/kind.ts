/** What an argument of `serve` is, as far as its text tells. */
export type ArgumentKind = 'stdin' | 'rtsp' | 'http' | 'device' | 'address' | 'path'

/** Tells addresses and devices from paths; nothing is looked up. */
export function kindOf(argument: string): ArgumentKind {
  if (argument === '-') return 'stdin'
  if (/^\/dev\/video\d*$/.test(argument)) return 'device'
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(argument)?.[1]?.toLowerCase()
  if (scheme === undefined) return 'path'
  if (scheme === 'rtsp' || scheme === 'rtsps') return 'rtsp'
  return scheme === 'http' || scheme === 'https' ? 'http' : 'address'
}
