// The code in README.md and docs/*.md, so that tests can run it.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ROOT } from '../child.js'

export interface Snippet {
  /** Path from the repository's root. */
  readonly file: string
  /** Of the opening fence, from 1. */
  readonly line: number
  /** As after the fence: `js`, `ts`, `sh`, `html`; empty without one. */
  readonly language: string
  /** The comment in the first line, without its marks: `app.mjs`, `browser: element`. Empty without one. */
  readonly title: string
  readonly code: string
}

/** Languages of what nobody runs: output, trees, drawings. */
export const PROSE = ['', 'text']
export const SHELL = ['sh']
const TITLE = /^(?:\/\/|<!--) *(.*?) *(?:-->)?$/
const HASH_TITLE = /^# *(.*)$/
/** Languages whose comments begin with a hash. */
const WITH_HASH = ['python', 'nginx', 'caddyfile']

/** Configurations of other programs, which proxies.test.ts runs. */
export const CONFIGURATIONS = ['nginx.conf', 'Caddyfile'] as const

/** Python, in the order of docs/python.md: python.test.ts runs the same files in examples/python. */
export const IN_PYTHON = ['to_stdin.py', 'pixelcast_http.py', 'over_http.py'] as const

/**
 * The snippets that need packages which this repository does not have: the test of the packed package runs
 * them in a project of their own.
 */
export const WITH_FOREIGN_PACKAGES = {
  'express.mjs': { track: 'green', path: 'live/' },
  'fastify.mjs': { track: 'black', path: 'live/' },
} as const

/** The fenced blocks of a Markdown text. */
export function parseSnippets(file: string, markdown: string): Snippet[] {
  const lines = markdown.split('\n')
  const snippets: Snippet[] = []
  for (let at = 0; at < lines.length; at++) {
    const [, fence, language = ''] = /^ *(`{3,}|~{3,}) *([^\s`]*)/.exec(lines[at] ?? '') ?? []
    if (!fence) continue
    const line = at + 1
    const code: string[] = []
    for (at++; at < lines.length && lines[at]?.trim() !== fence; at++) code.push(lines[at] ?? '')
    if (at === lines.length) throw new Error(`${file}:${line}: the fence is not closed`)
    snippets.push({
      file,
      line,
      language,
      title: (WITH_HASH.includes(language) ? HASH_TITLE : TITLE).exec(code[0] ?? '')?.[1] ?? '',
      code: code.join('\n'),
    })
  }
  return snippets
}

/** The Markdown files that are for users, and what they say. */
export async function readPages(): Promise<Map<string, string>> {
  const pages = (await readdir(join(ROOT, 'docs'))).filter((name) => name.endsWith('.md')).sort()
  const files = ['README.md', 'CONTRIBUTING.md', ...pages.map((name) => `docs/${name}`)]
  return new Map(
    await Promise.all(files.map(async (file) => [file, await readFile(join(ROOT, file), 'utf8')] as const)),
  )
}

export async function readSnippets(): Promise<Snippet[]> {
  return [...(await readPages())].flatMap(([file, text]) => parseSnippets(file, text))
}

/** The one snippet of that title. */
export function snippetOf(snippets: readonly Snippet[], title: string): Snippet {
  const found = snippets.filter((snippet) => snippet.title === title)
  if (found.length !== 1 || !found[0]) throw new Error(`expected one snippet ${title}, found ${found.length}`)
  return found[0]
}

/** Writes snippets as they are to files named by their titles. */
export async function writeSnippets(folder: string, snippets: readonly Snippet[]): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const { title, code } of snippets) await writeFile(join(folder, title), `${code}\n`)
}
