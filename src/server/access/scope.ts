import type { AccessRight, Scope } from './types.js'

export function covers(scope: Scope, track: string, right: AccessRight): boolean {
  if (!scope.rights.includes(right) || (scope.track !== undefined && scope.track !== track)) return false
  return scope.tracks?.some((pattern) => matchesPattern(track, pattern)) ?? true
}

/** Who controls has to see what. */
export function withImplied(rights: readonly AccessRight[]): AccessRight[] {
  return [...new Set<AccessRight>(rights.includes('control') ? [...rights, 'view'] : rights)]
}

/** `*` stands for any characters, none too. Without backtracking: patterns and names come from two sides. */
export function matchesPattern(name: string, pattern: string): boolean {
  const [first = '', ...rest] = pattern.split('*')
  const last = rest.pop()
  if (last === undefined) return name === pattern
  if (!name.startsWith(first)) return false
  let from = first.length
  for (const part of rest) {
    const at = name.indexOf(part, from)
    if (at < 0) return false
    from = at + part.length
  }
  return name.length - last.length >= from && name.endsWith(last)
}
