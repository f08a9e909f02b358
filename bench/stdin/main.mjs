// npm run bench:stdin -- [--seconds 300] [--size 1920x1080] [--fps 60] [--viewers 1]
import { pathToFileURL } from 'node:url'
import { bundle } from '../support/bundle.mjs'

const { main } = await import(pathToFileURL(await bundle('bench/stdin/run.ts', 'stdin')).href)
process.exitCode = await main(process.argv.slice(2))
