import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Result } from '../../bench/bench.js'
import { ROOT } from '../support/child.js'

// The benchmark as a smoke test: that it measures everything and counts right. How many milliseconds
// came out is nobody's business here. Peers that are not installed have to be named as skipped.

const SYSTEMS = ['pixelcast', 'aiortc-debian', 'aiortc-pypi', 'roamhq-wrtc']
const MEASURES = [
  'glass-to-glass',
  'blocked-producer',
  'first-frame',
  'viewers',
  'add-image',
  'drop-rate',
  'still',
  'colours',
]

let output = ''
let results: readonly Result[] = []

function numbers(measure: string, conditions: Readonly<Record<string, string | number>> = {}) {
  const found = results.find(
    (result) =>
      result.measure === measure &&
      result.system === 'pixelcast' &&
      Object.entries(conditions).every(([key, value]) => result.conditions[key] === value),
  )
  if (!found?.numbers) throw new Error(`${measure} of pixelcast: ${found?.skipped ?? 'not there'}\n${output}`)
  return found.numbers
}

beforeAll(async () => {
  const child = spawn(process.execPath, ['bench/main.mjs', '--quick', '--seconds', '1'], {
    cwd: ROOT,
    timeout: 235_000, // before the hook's, so that it does not outlive the test
  })
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      output += chunk
    })
  const code = await new Promise((resolve) => child.on('exit', resolve))
  expect(code, output).toBe(0)
  const file = await readFile(join(ROOT, '.cache/bench/quick.json'), 'utf8')
  results = (JSON.parse(file) as { results: Result[] }).results
}, 240_000)

describe('npm run bench -- --quick', () => {
  it.each(MEASURES)('has %s of every system, or says why not', (measure) => {
    for (const system of SYSTEMS) {
      const own = results.filter((result) => result.measure === measure && result.system === system)
      expect(own.length, system).toBeGreaterThan(0)
      for (const { numbers, skipped } of own) expect(numbers ?? skipped).toBeTruthy()
    }
  })

  it.each(MEASURES)('has samples behind every number of %s of pixelcast', (measure) => {
    const own = results.filter((result) => result.measure === measure && result.system === 'pixelcast')
    for (const { numbers, skipped } of own) {
      expect(skipped).toBeUndefined()
      expect(numbers?.n).toBeGreaterThan(0)
    }
  })

  it('reads a time from every frame it sees', () => {
    const { n, unreadable, width } = numbers('glass-to-glass')
    expect(unreadable).toBe(0)
    expect(n).toBeGreaterThan(10)
    expect(n).toBeLessThan(40)
    expect(width).toBe(1280)
  })

  it('gives every viewer every packet', () => {
    for (const count of [1, 4]) {
      const { viewers, missing, leastFps, mostFps, made } = numbers('viewers', { count })
      expect(viewers).toBe(count)
      expect(missing).toBe(0)
      expect(leastFps).toBeGreaterThan(0)
      expect(mostFps! - leastFps!).toBeLessThan(5)
      expect(made).toBeLessThan(35)
    }
  })

  it('shows every new viewer something, also when nothing new comes', () => {
    for (const producer of ['live', 'idle'])
      expect(numbers('first-frame', { producer })).toMatchObject({ n: 3, never: 0 })
  })

  it('looks at the whole picture', () => {
    expect(numbers('colours').n).toBe(24)
    expect(numbers('still').width).toBe(1280)
    expect(numbers('still').psnr).toBeGreaterThan(30)
  })

  it('shows the picture to every key, and hears every viewer', () => {
    expect(numbers('key-to-pixel')).toMatchObject({ n: 10, lost: 0 })
    const { missing, said, heard } = numbers('pointing-viewers', { moves: 60 })
    expect(missing).toBe(0)
    expect(heard).toBeGreaterThan(said! / 2)
  })

  it('prints the table of the design with a column for each', () => {
    const head = output.split('\n').find((line) => line.startsWith('| what'))
    for (const system of SYSTEMS) expect(head).toContain(system)
    expect(output).toMatch(/^\| glass to glass, 1280×720 at 30 fps, H\.264, Chromium: p50 +\|/m)
  })
})
