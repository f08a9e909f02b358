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
    for (const args of [
      ['--help'],
      ['demo', '--help'],
      ['serve', '--help'],
      ['help', 'serve'],
      ['doctor', '-h'],
    ]) {
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
    [['serve'], /missing required argument 'input', or --ingest/],
    [
      ['serve', 'x', '--ingest-token', 'long-enough'],
      /--ingest-token: expected --ingest beside it, got none/,
    ],
    [
      ['serve', '--ingest', '--ingest-token', 'short'],
      /--ingest-token: expected 8 to 512 letters.*, got a text of 5 characters/,
    ],
    [['demo', '--token', 'a b c d e f'], /--token: expected 8 to 512 .*, got a text of 11 characters/],
    [['demo', '--token', 'long-enough', '--public'], /--public: expected no --token .* beside it/],
    [['serve', '--ingest', '--token', 'long-enough'], /--ingest: expected --ingest-token .* beside --token/],
    [['serve', '--ingest', '--host', '0.0.0.0'], /--ingest: expected --ingest-token .* --host 0\.0\.0\.0/],
    [['serve', '--ingest', '--exit'], /--exit: expected no --ingest beside it/],
    [['serve', '--ingest', '--loop'], /--loop: expected a video file, .* among the inputs, got none/],
    [['serve', '--ingset'], /unknown option '--ingset' \(Did you mean --ingest\?\)/],
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
    [
      ['demo', '--size', '100x100'],
      /'100x100' is invalid\. Expected WIDTHxHEIGHT in pixels, from 320x180 to/,
    ],
    [['demo', '--size', '1x1'], /'1x1' is invalid\. Expected WIDTHxHEIGHT in pixels, from 320x180 to/],
    [['demo', '--size', 'big'], /'big' is invalid\. Expected WIDTHxHEIGHT in pixels, from 320x180 to/],
    [['demo', '--fps', '0'], /'0' is invalid\. Expected images per second, a number from 1 to 120/],
    [['serve', 'x', '--name', 'a', '--name', 'b'], /--name: expected at most one .* 1 input, got 2/],
    [['serve', 'x', '--name'], /option '-n, --name <name>' argument missing/],
    [['serve', 'x', '--fps'], /option '-f, --fps <number>' argument missing/],
    [['serve', 'x', '--fps', 'fast'], /'fast' is invalid\. Expected images per second/],
    [['serve', 'x', '--sped', '2'], /unknown option '--sped' \(Did you mean --speed\?\)/],
    [['serve', 'x', '--speed'], /option '--speed <factor>' argument missing/],
    [['serve', 'x', '--speed', '0'], /'0' is invalid\. Expected how many times as fast, .* 0\.01 to 100/],
    [['serve', 'x', '--speed', '2', '--fps', '3'], /--speed: expected no --fps beside it/],
    [['serve', '-', '--speed', '2'], /--speed: expected a video file among the inputs, got -\n/],
    [['serve', '-', '--size', '0x9', '--format', 'rgba'], /'0x9' is invalid\. Expected WIDTHxHEIGHT/],
    [['serve', '-', '--size'], /option '-s, --size <WxH>' argument missing/],
    [['serve', '-', '--size', '4x4'], /--format: expected the pixel format of the raw frames, got none/],
    [['serve', '-', '--format', 'rgba'], /--size: expected WIDTHxHEIGHT of the raw frames, got none/],
    [
      ['serve', '-', '--size', '4x4', '--format', 'bgr'],
      /'bgr' is invalid\. Expected one of bgr24, .* nv12 \(did you mean bgr24\?\)/,
    ],
    [['serve', '-', '--size', '4x4', '--format', 'RGB24'], /\(did you mean rgb24\?\)/],
    [['serve', 'x', '--name', ''], /--name: expected 1 to 128 characters without control characters, got ""/],
    [
      ['serve', '.', '--host', '203.0.113.9', '--watch'],
      /--host: expected an address of this machine \(.*, got 203/,
    ],
    [['serve', '-', '--format'], /option '--format <name>' argument missing/],
    [['serve', 'x.mp4', '--size', '4x4'], /--size: expected stdin \(-\) or a camera .*, got x\.mp4/],
    [['serve', 'x.mp4', '--format', 'rgba'], /--format: expected stdin \(-\) among the inputs, got x\.mp4/],
    [['serve', '-', '-'], /input -: expected stdin once, got it 2 times/],
    [['serve', '-', '--loop'], /--loop: expected a video file, a folder or a pattern among the inputs/],
    [['serve', '-', '--watch'], /--watch: expected a folder or an image file among the inputs/],
    [['serve', '-', '--watch', '--exit'], /--watch: expected a folder or an image file/],
    [['serve', '.', '--wach'], /unknown option '--wach' \(Did you mean --watch\?\)/],
    [['serve', '.', '--watch', '--loop'], /--watch: expected no --loop beside it/],
    [['serve', '.', '--watch', '--fps', '3'], /--watch: expected no --fps beside it/],
    [['serve', '.', '--exist'], /unknown option '--exist' \(Did you mean --exit\?\)/],
    [['serve', 'rtsp://camera/1', '--fps', '3'], /--fps: expected something other than a camera/],
    [['serve', 'x', '--host'], /option '-H, --host <address>' argument missing/],
    [['serve', 'x', '--host', 'a b'], /'a b' is invalid\. Expected an address or a host name/],
    [['serve', 'x', '--media-host', 'here'], /'here' is invalid\. Expected an IP address/],
    [['serve', 'x', '--media-host'], /option '--media-host <address>' argument missing/],
    [
      ['demo', '--media-host', '203.0.113.9'],
      /--media-host: expected an address of this machine \(.*, got 203/,
    ],
    [['doctor', '--port', 'x'], /'x' is invalid\. Expected a whole number/],
    [['doctor', '--jsom'], /unknown option '--jsom' \(Did you mean --json\?\)/],
    [['doctor', 'extra'], /too many arguments for 'doctor'/],
  ])('refuses %j with exit code 2', async (args, message) => {
    const { code, out, error } = await cli(...args)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(error).toMatch(/^pixelcast: /)
    expect(error).toMatch(message)
    expect(error.trimEnd().split('\n')).toHaveLength(1)
  })

  it('fails with exit code 1 when there is nothing to show', async () => {
    const pattern = await cli('serve', '/nowhere/*.png', '--watch')
    expect(pattern).toMatchObject({ code: 1, error: expect.stringContaining('--watch takes a folder or an') })
    const { code, error } = await cli('serve', '/nowhere/at/all.png', '--port', '0')
    expect(code).toBe(1)
    expect(error).toBe('pixelcast: /nowhere/at/all.png: no such file or directory\n')
  })
})
