import { describe, expect, it } from 'vitest'
import { run } from '../../../src/cli/program.js'

/** Runs a command line that ends before anything is opened. */
async function cli(...args: string[]) {
  let [out, error] = ['', '']
  const code = await run(args, {
    out: (text) => {
      out += text
    },
    error: (text) => {
      error += text
    },
  })
  return { code, out, error }
}

describe('the command line', () => {
  it('prints its version and its help', async () => {
    expect(await cli('--version')).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
    for (const args of [['--help'], ['demo', '--help'], ['serve', '--help'], ['help', 'serve']]) {
      const { code, out } = await cli(...args)
      expect(code).toBe(0)
      expect(out).toContain('Examples:')
    }
  })

  it('shows the help, and fails, when nothing is asked of it', async () => {
    const { code, out, error } = await cli()
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(error).toContain('Usage: pixelcast')
  })

  it.each([
    [['dmeo'], /unknown command 'dmeo'\s+\(Did you mean demo\?\)/],
    [['demo', '--prot', '80'], /unknown option '--prot'\s+\(Did you mean --port\?\)/],
    [['serve', 'x.png', '--lop'], /unknown option '--lop'\s+\(Did you mean --loop\?\)/],
    [['serve'], /missing required argument 'input'/],
    [['demo', 'extra'], /too many arguments/],
    [
      ['demo', '--fps', 'abc'],
      /option '-f, --fps <number>' argument 'abc' is invalid\. Expected images per second/,
    ],
    [['demo', '--fps', '500'], /'500' is invalid/],
    [
      ['serve', 'x', '--port', '99999'],
      /'-p, --port <number>' argument '99999' is invalid\. Expected a whole number/,
    ],
    [['demo', '--size', '100x100'], /'100x100' is invalid\. Expected a size from 320x180/],
    [['demo', '--size', 'big'], /'big' is invalid\. Expected WIDTHxHEIGHT/],
    [['serve', 'x', '--name', 'a', '--name', 'b'], /--name: expected at most one .* 1 input, got 2/],
  ])('refuses %j with exit code 2', async (args, message) => {
    const { code, out, error } = await cli(...args)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(error).toMatch(/^pixelcast: /)
    expect(error).toMatch(message)
    expect(error.split('\n').length).toBeLessThanOrEqual(3)
  })

  it('fails with exit code 1 when there is nothing to show', async () => {
    const { code, error } = await cli('serve', '/nowhere/at/all.png', '--port', '0')
    expect(code).toBe(1)
    expect(error).toBe('pixelcast: /nowhere/at/all.png: no such file or directory\n')
  })
})
