import { basename, extname, resolve } from 'node:path'

/** Longest name made from a file; it has to fit into a status line and a URL. */
const MAX_LENGTH = 48

/** A track name from a path: the file's name without its ending, in letters that need no escaping in a URL. */
export function nameFromPath(path: string): string {
  const base = basename(path)
  const stem = base.slice(0, base.length - extname(base).length) || base
  return clean(stem) || 'images'
}

/** A track name from a folder, which may be given as `.` or `..`. */
export function nameFromFolder(path: string): string {
  return clean(basename(resolve(path))) || 'images'
}

/** A track name from the address of a camera: its host and the last part of the path. */
export function nameFromAddress(url: URL): string {
  const last = url.pathname.split('/').filter(Boolean).at(-1) ?? ''
  return clean(`${url.hostname}-${last}`) || 'camera'
}

/** Tells equal names apart: `cam`, `cam-2`, `cam-3`. */
export function uniqueNames(names: readonly string[]): string[] {
  // all wanted names first: a file that is really called `cam-2` keeps its name
  const taken = new Set(names)
  const given = new Set<string>()
  return names.map((name) => {
    let unique = name
    for (let n = 2; given.has(unique) || (unique !== name && taken.has(unique)); n++) unique = `${name}-${n}`
    given.add(unique)
    return unique
  })
}

function clean(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/-{2,}/g, '-')
    .slice(0, MAX_LENGTH)
    .replace(/^[-.]+|[-.]+$/g, '')
}
