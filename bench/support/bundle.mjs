// Turns the benchmark's TypeScript into something that Node 20 runs, on the fly.
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleForNode } from '../../test/support/bundle.mjs'

// Holds for this file and for what is bundled into .cache/bench alike: both lie two folders deep.
export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
export const CACHE = join(ROOT, '.cache/bench')
/** The package as built; another build of it can be measured with PIXELCAST_DIST. */
export const DIST = resolve(process.env.PIXELCAST_DIST ?? join(ROOT, 'dist'))

/**
 * Bundles one entry, its packages left outside.
 * @param {string} entry path from the repository's root
 * @param {string} name of the file in .cache/bench, without extension
 * @returns {Promise<string>} the file's path
 */
export async function bundle(entry, name) {
  const outfile = join(CACHE, `${name}.mjs`)
  await mkdir(CACHE, { recursive: true })
  await bundleForNode(entry, outfile, DIST)
  return outfile
}
