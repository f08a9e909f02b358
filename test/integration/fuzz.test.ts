import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { main } from '../fuzz/run.js'

/** The same inputs in each run of the tests; `npm run fuzz` has others, and many more. */
const SEED = '1'

describe('npm run fuzz', () => {
  it('finds nothing with a few inputs for each target', async () => {
    const lines: string[] = []
    const code = await main(['--quick', '--seed', SEED], (line) => lines.push(line))
    expect(code, lines.join('\n')).toBe(0)
    // Some of them have to be good, or nothing behind the first check was tried.
    for (const line of lines.filter((one) => one.includes('inputs,')))
      expect(Number(/(\d+) (?:taken|sent)/.exec(line)?.[1]), line).toBeGreaterThan(0)
    for (const line of lines.filter((one) => one.includes('honest')))
      expect(line).toMatch(/ [1-9]\d* received/)
  }, 120_000)

  it('says what a saved input does', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pixelcast-fuzz-'))
    try {
      const file = join(folder, 'input.json')
      writeFileSync(file, JSON.stringify({ inputs: [{ text: 'v=0' }, { base64: 'AAECAw==' }] }))
      const lines: string[] = []
      expect(await main(['--target', 'sdp', '--replay', file], (line) => lines.push(line))).toBe(0)
      expect(lines).toEqual(['2 inputs, 0 taken, 0 findings'])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it.each([[['--target', 'nothing']], [['--count', 'x']], [['--minutes', '0']]])(
    'refuses %j',
    async (args) => {
      const lines: string[] = []
      expect(await main(args, (line) => lines.push(line))).toBe(2)
      expect(lines.join()).toContain('expected')
    },
  )
})
