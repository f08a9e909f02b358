import { readFileSync } from 'node:fs'

/** The package's version, read from the package.json two levels up (from `src/cli` and from `dist/cli`). */
export function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest)
    return String(manifest.version)
  return 'unknown'
}
