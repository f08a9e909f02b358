// Builds dist/: the Node package with tsc, the browser bundle and its pages with esbuild.
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
process.chdir(root)
rmSync('dist', { recursive: true, force: true })

for (const project of ['tsconfig.build.json', 'src/viewer/tsconfig.json']) {
  const { status } = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', project], {
    stdio: 'inherit',
  })
  if (status !== 0) process.exit(status ?? 1)
}

const browser = {
  outdir: 'dist/viewer',
  bundle: true,
  format: 'esm',
  target: ['chrome110', 'firefox115', 'safari16.4'],
  minify: true,
  sourcemap: true,
  logLevel: 'warning',
}
// What only a viewer without a UDP path needs is a file of its own, loaded then.
await build({
  ...browser,
  entryPoints: { 'pixelcast-view': 'src/viewer/index.ts' },
  splitting: true,
  chunkNames: 'parts/[name]-[hash]',
})
await build({
  ...browser,
  entryPoints: {
    'pages/index-page': 'src/viewer/pages/index-page.ts',
    'pages/view-page': 'src/viewer/pages/view-page.ts',
  },
})
cpSync('src/viewer/pages', 'dist/viewer/pages', { recursive: true, filter: (f) => !f.endsWith('.ts') })
chmodSync('dist/cli/main.js', 0o755)
