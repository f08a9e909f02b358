/** Names of options that hold what is not to be seen. */
const SECRET = /token$|secret|credential|password|^key$/i
/** Shorter ones would take words apart. */
const SHORTEST = 6
/** Session ids and most other keys have at least so many of these letters in a row. */
const KEY_LIKE = /[A-Za-z0-9_-]{20,}/g
/** Deep enough for every option there is. */
const MOST_DEPTH = 6
const LONGEST = 2_000

/** Hides what must not be in a log: the secrets that the options hold, and what looks like a key. */
export class Secrets {
  readonly #known: readonly string[]

  /** @param options as the application gave them */
  constructor(options: unknown) {
    const known = new Set<string>()
    collect(options, false, known, 0)
    this.#known = [...known].sort((a, b) => b.length - a.length)
  }

  hide(text: string): string {
    let hidden = text
    for (const secret of this.#known) hidden = hidden.replaceAll(secret, '[secret]')
    return hidden.replace(KEY_LIKE, hideKey).slice(0, LONGEST)
  }

  /** Only the secrets that are known: of names, which may look like anything. */
  hideKnown(text: string): string {
    let hidden = text
    for (const secret of this.#known) hidden = hidden.replaceAll(secret, '[secret]')
    return hidden.slice(0, LONGEST)
  }
}

/** Words of our own are long, too, but of small letters with dashes between. */
function hideKey(text: string): string {
  return /[A-Z0-9_]/.test(text) ? '[…]' : text
}

function collect(value: unknown, isSecret: boolean, known: Set<string>, depth: number): void {
  if (typeof value === 'string') {
    if (isSecret && value.length >= SHORTEST) known.add(value)
  } else if (typeof value === 'object' && value !== null && depth < MOST_DEPTH) {
    for (const [key, item] of Object.entries(value))
      collect(item, isSecret || SECRET.test(key), known, depth + 1)
  }
}
