/** More slips than this, and a suggestion would be a guess. */
const MOST_SLIPS = 2
/** Longer ones are not looked at: the time grows with the square. */
const LONGEST_NAME = 64

/** The candidate that a misspelt name was most likely meant to be; undefined when none is near. */
export function nearestOf<T extends string>(name: string, candidates: Iterable<T>): T | undefined {
  if (name.length > LONGEST_NAME) return undefined
  let nearest: T | undefined
  let least = MOST_SLIPS + 1
  for (const candidate of candidates) {
    const slips = slipsBetween(name, candidate)
    if (slips < least) {
      least = slips
      nearest = candidate
    }
  }
  return nearest
}

/** Levenshtein distance. */
function slipsBetween(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitute = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      row.push(Math.min(previous[j]! + 1, row[j - 1]! + 1, substitute))
    }
    previous = row
  }
  return previous[b.length]!
}
