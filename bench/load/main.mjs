// npm run bench:load -- [--viewers 1,100,200,400] [--seconds 10] [--through livekit,mediamtx]
import { pathToFileURL } from 'node:url'
import { bundle } from '../support/bundle.mjs'

const { main } = await import(pathToFileURL(await bundle('bench/load/run.ts', 'load')).href)
process.exitCode = await main(process.argv.slice(2))
