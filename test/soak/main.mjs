// npm run soak -- --minutes 60: hours of a server's life in one, and whether anything of it grows.
import { fileURLToPath, pathToFileURL } from 'node:url'
import { bundleForNode } from '../support/bundle.mjs'

const file = fileURLToPath(new URL('../../.cache/test/soak.mjs', import.meta.url))
await bundleForNode('test/soak/run.ts', file)
const { main } = await import(pathToFileURL(file).href)
process.exitCode = await main(process.argv.slice(2))
