// Turns TypeScript into something that Node 20 runs, on the fly, as the tests' own support does.
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

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
  await build({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    sourcemap: 'inline',
    logLevel: 'error',
    plugins: [
      {
        name: 'the package as built, not a copy of it',
        setup: (api) =>
          api.onResolve({ filter: /\/dist\/index\.js$/ }, () => ({
            path: pathToFileURL(join(DIST, 'index.js')).href,
            external: true,
          })),
      },
    ],
  })
  return outfile
}
