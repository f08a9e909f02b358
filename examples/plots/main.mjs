// A live chart, of this process or of a CSV file that somebody writes, in the browser.
//
//   node examples/plots/main.mjs [FILE.csv] [--every 500]
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { createServer } from 'pixelcast'
import { commandLine, fail, numberOption, stopSignal } from '../shared/program.mjs'
import { Plot } from './chart.mjs'
import { panelsOrProblem, readCsvFile } from './csv-file.mjs'
import { measureThisProcess } from './this-process.mjs'

const { values: options, positionals } = commandLine(
  'node examples/plots/main.mjs [FILE.csv] [--every 500]',
  { every: { type: 'string', default: '500' } },
  true,
)
const [file] = positionals
const interval = numberOption('every', options.every, 20, 86_400_000)
if (file !== undefined) {
  const text = await readFile(file, 'utf8').catch((error) =>
    fail(`${file}: ${error.code === 'ENOENT' ? 'no such file' : error.message}`),
  )
  const panels = panelsOrProblem(text, basename(file))
  if (panels instanceof Error) fail(panels)
}

const stop = stopSignal()
const server = await createServer({ port: Number(process.env.PORT ?? 8080) }).catch(fail)
// Where a network does not take everything a chart is better seldom than blurred.
const track = server.addTrack('plots', { contentHint: 'detail' })
console.log(`Watch at ${server.url}view/plots`)

const plot = new Plot()
// Drawn and pushed when there is something new, and only then. A chart that stands still sharpens by itself.
for await (const panels of file ? readCsvFile(file, interval, stop) : measureThisProcess(interval, stop)) {
  plot.draw(panels)
  track.addImage(plot.canvas)
}
await server.close()
