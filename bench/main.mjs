// npm run bench -- [--quick] [--only NAME] [--systems A,B] [--seconds N] [--long]; see options.ts.
import { pathToFileURL } from 'node:url'
import { bundle } from './support/bundle.mjs'

const { main } = await import(pathToFileURL(await bundle('bench/run.ts', 'run')).href)
process.exitCode = await main(process.argv.slice(2))
