// Turns TypeScript into something that Node 20 runs, on the fly; for what runs in a process of its own.
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/**
 * Bundles one entry, its packages and pixelcast itself left outside.
 * @param {string} entry path from the repository's root
 * @param {string} outfile where to
 * @param {string} dist folder of the built package
 */
export async function bundleForNode(entry, outfile, dist = join(ROOT, 'dist')) {
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
            path: pathToFileURL(join(dist, 'index.js')).href,
            external: true,
          })),
      },
      {
        name: 'what looks for files from where it lies',
        setup: (api) =>
          api.onResolve({ filter: /\/scripts\/engines\.mjs$/ }, () => ({
            path: pathToFileURL(join(ROOT, 'scripts/engines.mjs')).href,
            external: true,
          })),
      },
    ],
  })
}
