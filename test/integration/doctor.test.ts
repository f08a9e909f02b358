import { describe, expect, it } from 'vitest'
import { CliProcess } from '../support/cli-process.js'

/** Runs the command to its end. */
async function doctor(...args: string[]) {
  const cli = CliProcess.start('doctor', '--port', '0', ...args)
  const code = await cli.exited
  return { code, out: cli.stdout, error: cli.stderr }
}

describe('pixelcast doctor', () => {
  it('finds on this machine what it takes', async () => {
    const { code, out, error } = await doctor('--media-host', '127.0.0.1')
    expect([code, error]).toEqual([0, ''])
    const lines = out.trimEnd().split('\n')
    for (const line of lines) expect(line).toMatch(/^(ok {4}|warn {2})\S+: \S/)
    for (const about of ['FFmpeg', 'H.264', 'VP8', 'WebRTC', 'UDP', 'HTTP'])
      expect(
        lines.filter((line) => line.startsWith(`ok    ${about}: `)),
        about,
      ).toHaveLength(1)
    expect(out).toMatch(/ok {4}media: offered to viewers: 127\.0\.0\.1:\d+ \(UDP/)
  })

  it('speaks JSON', async () => {
    const { code, out } = await doctor('--media-host', '127.0.0.1', '--json')
    expect(code).toBe(0)
    const findings = JSON.parse(out) as { about: string; level: string; text: string }[]
    expect(findings.find(({ about }) => about === 'H.264')).toMatchObject({
      level: 'ok',
      text: expect.stringContaining('libx264'),
    })
  })

  it('ends with exit code 1 when something is missing, and says what', async () => {
    // of TEST-NET-3 (RFC 5737): nobody's
    const { code, out, error } = await doctor('--host', '203.0.113.9')
    expect(code).toBe(1)
    expect(out).toContain('fail  HTTP: 203.0.113.9 is not an address of this machine\n')
    expect(out).toMatch(/ok {4}H\.264: /)
    expect(error).toMatch(/^pixelcast: doctor: .*HTTP: see above\n$/)
  })
})
