// npm run fuzz -- [--target NAME] [--count N | --minutes N] [--seed N] [--from N] [--replay FILE] [--quick]
import { fileURLToPath, pathToFileURL } from 'node:url'
import { bundleForNode } from '../support/bundle.mjs'

const file = fileURLToPath(new URL('../../.cache/test/fuzz.mjs', import.meta.url))
await bundleForNode('test/fuzz/run.ts', file)
const { main } = await import(pathToFileURL(file).href)
process.exitCode = await main(process.argv.slice(2))
