// npm run bench:networks -- [--quick] [--only NAME] [--systems A,B] [--long] [--write]; see options.ts.
import { pathToFileURL } from 'node:url'
import { bundle } from '../support/bundle.mjs'

const { main } = await import(pathToFileURL(await bundle('bench/networks/run.ts', 'networks')).href)
process.exitCode = await main(process.argv.slice(2))
