import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix, relative, sep } from 'node:path'

/** One import in one file: `from` and `to` are paths below `src/`, or `to` is a package's name. */
export interface Edge {
  readonly from: string
  readonly to: string
  readonly typeOnly: boolean
  readonly external: boolean
}

/** Every TypeScript file below a folder, as path → text, paths with `/` and relative to it. */
export function readSources(root: string): Map<string, string> {
  const files = new Map<string, string>()
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.ts')) continue
    const path = join(entry.parentPath, entry.name)
    files.set(relative(root, path).split(sep).join('/'), readFileSync(path, 'utf8'))
  }
  return files
}

// A comment or a template literal may hold the word `import`; a plain string may hold a comment's start.
const TOKENS = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g
const STATEMENT =
  /\b(?:import|export)\s+(type\s+)?(?:(?:[\w$*\s,]|\{[^{}]*\})+?\s+from\s+)?(['"])([^'"]+)\2|\bimport\s*\(\s*(['"])([^'"]+)\4|\bnew\s+URL\(\s*(['"])(\.[^'"]+)\6\s*,\s*import\.meta\.url/g

/** Static, dynamic and type imports, re-exports, and files named by `new URL('…', import.meta.url)`. */
export function importsOf(from: string, text: string): Edge[] {
  const code = text.replace(TOKENS, (token) =>
    token.startsWith('/') ? ' ' : token.startsWith('`') ? '``' : token,
  )
  const edges: Edge[] = []
  for (const match of code.matchAll(STATEMENT)) {
    const specifier = match[3] ?? match[5] ?? match[7]
    if (specifier === undefined) continue
    const path = posix.normalize(posix.join(dirname(from), specifier)).replace(/\.js$/, '.ts')
    // A file outside src/ (package.json by its URL) is as foreign as a package.
    const external = !specifier.startsWith('.') || path.startsWith('../')
    edges.push({ from, to: external ? specifier : path, typeOnly: match[1] !== undefined, external })
  }
  return edges
}

export interface House {
  /** Rooms from left to right: each may import only itself and those before it. */
  readonly rooms: readonly string[]
  /** Rooms outside that order, and the files elsewhere that they may import. */
  readonly apart: Readonly<Record<string, readonly string[]>>
  /** Pairs `from room → to room` that see each other only through the files named. */
  readonly doors: readonly { readonly from: string; readonly to: string; readonly only: readonly string[] }[]
  /** Packages (prefixes) that belong to some rooms only. */
  readonly packages: readonly { readonly name: string; readonly rooms: readonly string[] }[]
  readonly maxLines: number
}

/** Everything in which the files do not follow the plan of the house, in words. */
export function violations(files: ReadonlyMap<string, string>, house: House): string[] {
  const found: string[] = []
  const edges = [...files].flatMap(([path, text]) => importsOf(path, text))
  const roomOf = (path: string) => (path.includes('/') ? path.slice(0, path.indexOf('/')) : '')

  for (const [path, text] of files) {
    const room = roomOf(path)
    if (room !== '' && !house.rooms.includes(room) && !house.apart[room])
      found.push(`${path}: the room ${room}/ is not in the plan`)
    const lines = text.split('\n').length
    if (lines > house.maxLines) found.push(`${path}: ${lines} lines, more than ${house.maxLines}`)
  }

  for (const { from, to, external, typeOnly } of edges) {
    const what = `${from}: imports ${typeOnly ? 'the types of ' : ''}${to}`
    const here = roomOf(from)
    if (external) {
      const rule = house.packages.find(({ name }) => to === name || to.startsWith(`${name}/`))
      if (rule && here !== '' && !rule.rooms.includes(here))
        found.push(`${what}, which belongs to ${rule.rooms.map((r) => `${r}/`).join(', ')}`)
      continue
    }
    if (to === 'index.ts') found.push(`${what}: nothing imports the package's entry`)
    if (!files.has(to)) {
      found.push(`${what}, which does not exist`)
      continue
    }
    const there = roomOf(to)
    if (here === there || here === '') continue
    const apart = house.apart[here]
    if (apart) {
      if (!apart.includes(to)) found.push(`${what}: ${here}/ imports only itself and ${apart.join(', ')}`)
    } else if (house.apart[there]) found.push(`${what}: ${there}/ is not for the other rooms`)
    else if (house.rooms.indexOf(there) > house.rooms.indexOf(here))
      found.push(`${what}: ${there}/ lies to the right of ${here}/`)
    for (const door of house.doors)
      if (door.from === here && door.to === there && !door.only.includes(to))
        found.push(`${what}: ${here}/ sees ${there}/ only through ${door.only.join(', ') || 'nothing'}`)
  }
  return [...found, ...cycles(edges)]
}

/** Files that import each other in a circle (types count too), each circle once. */
function cycles(edges: readonly Edge[]): string[] {
  const targets = new Map<string, string[]>()
  for (const { from, to, external } of edges) {
    if (external) continue
    targets.set(from, [...(targets.get(from) ?? []), to])
  }
  const found = new Map<string, string>()
  const done = new Set<string>()
  const visit = (file: string, path: string[]) => {
    const start = path.indexOf(file)
    if (start >= 0) {
      const circle = path.slice(start)
      found.set([...circle].sort().join(), `${[...circle, file].join(' → ')}: a circle`)
      return
    }
    if (done.has(file)) return
    for (const next of targets.get(file) ?? []) visit(next, [...path, file])
    done.add(file)
  }
  for (const file of targets.keys()) visit(file, [])
  return [...found.values()]
}
