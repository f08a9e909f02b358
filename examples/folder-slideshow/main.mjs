// The pictures of a folder, one after the other, in the browser.
//
//   node examples/folder-slideshow/main.mjs [FOLDER] [--seconds 3]
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createServer } from 'pixelcast'
import { commandLine, fail, numberOption, pause, stopSignal } from '../shared/program.mjs'

const PICTURE = /\.(jpe?g|png|webp)$/i
/** 2.png comes before 10.png. */
const { compare } = new Intl.Collator('en', { numeric: true })

const { values: options, positionals } = commandLine(
  'node examples/folder-slideshow/main.mjs [FOLDER] [--seconds 3]',
  { seconds: { type: 'string', default: '3' } },
  true,
)
const folder = positionals[0] ?? fileURLToPath(new URL('../images', import.meta.url))
const seconds = numberOption('seconds', options.seconds, 0.02, 86_400)
const first = await pictures().catch((error) =>
  fail(`${folder}: ${error.code === 'ENOENT' ? 'no such folder' : error.message}`),
)
if (first.length === 0) fail(`${folder}: no JPEG, PNG or WebP in it`)

const stop = stopSignal()
const server = await createServer({ port: Number(process.env.PORT ?? 8080) }).catch(fail)
const track = server.addTrack('slideshow')
console.log(`Watch at ${server.url}view/slideshow`)

const broken = new Set()
while (!stop.aborted) {
  // Looked at anew in each round: what was added is shown, what was taken away is not missed.
  const names = await pictures().catch(() => [])
  let shown = 0
  for (const name of names) {
    if (stop.aborted) break
    const problem = await show(name)
    if (problem === undefined) shown++
    else if (!broken.has(name)) console.warn(`${name} is left out: ${problem}`)
    if (problem === undefined) broken.delete(name)
    else broken.add(name)
  }
  if (shown === 0) await pause(1000 * seconds, stop)
}
await server.close()

async function pictures() {
  const files = await readdir(folder)
  return files.filter((name) => PICTURE.test(name)).sort(compare)
}

/** Shows a picture for its time. Gives what is wrong with it, at once, when it cannot be shown. */
async function show(name) {
  // Compressed images are decoded in the engine, when somebody watches; that one is damaged is said later.
  const damaged = new AbortController()
  const forget = track.on('error', (error) => damaged.abort(error))
  try {
    track.addImage(await readFile(join(folder, name)))
    await pause(1000 * seconds, AbortSignal.any([stop, damaged.signal]))
    return damaged.signal.reason?.message
  } catch (error) {
    return error.message
  } finally {
    forget()
  }
}
