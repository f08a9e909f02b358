import { spawnSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ROOT } from '../child.js'
import type { Snippet } from './snippets.js'

export interface TypeCheckOptions {
  /** For code in a page: the DOM instead of Node. */
  readonly browser?: boolean
  /** Check the declaration files of the package and its dependencies as well. */
  readonly libraries?: boolean
}

/**
 * Compiles snippets as strict TypeScript, each as a module of its own, as a user's project in `folder`
 * would. Gives what the compiler complains of; empty when all is well.
 */
export async function typeCheck(
  folder: string,
  snippets: readonly Snippet[],
  { browser = false, libraries = false }: TypeCheckOptions = {},
): Promise<string> {
  await mkdir(folder, { recursive: true })
  const files: string[] = []
  for (const { title, code } of snippets) {
    const file = `${title.replace(/\.m?js$/, '').replace(/\W+/g, '-')}.mts`
    files.push(file)
    await writeFile(join(folder, file), `${code}\nexport {}\n`)
  }
  const compilerOptions = {
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    target: 'ES2023',
    lib: browser ? ['ES2023', 'DOM', 'DOM.Iterable'] : ['ES2023'],
    module: 'NodeNext',
    types: browser ? [] : ['node'],
    skipLibCheck: !libraries,
  }
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }))
  const { stdout, stderr, error } = spawnSync(
    process.execPath,
    [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', join(folder, 'tsconfig.json')],
    { encoding: 'utf8', cwd: folder },
  )
  if (error) throw error
  return stdout + stderr
}
