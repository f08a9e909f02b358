// npm run reliability: an engine killed mid-stream, and how long it takes until everybody sees pictures again.
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { bundleForNode } from '../support/bundle.mjs'

const file = join(fileURLToPath(new URL('.', import.meta.url)), '../../.cache/test/reliability.mjs')
await bundleForNode('test/reliability/killed-engine.ts', file)
const { main } = await import(pathToFileURL(file).href)
process.exitCode = await main()
