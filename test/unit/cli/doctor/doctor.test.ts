import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { checkEncoders } from '../../../../src/cli/doctor/encoders.js'
import { formatFinding } from '../../../../src/cli/doctor/finding.js'
import { checkIngest } from '../../../../src/cli/doctor/ingest.js'
import { checkBrowsers, checkNode, checkPort } from '../../../../src/cli/doctor/machine.js'
import { sampleOffer } from '../../../../src/cli/doctor/sample-offer.js'
import { checkUdp } from '../../../../src/cli/doctor/udp.js'
import { parseOffer } from '../../../../src/signaling/index.js'

describe('doctor', () => {
  it('shows a line for each thing', () => {
    expect(formatFinding({ about: 'UDP', level: 'ok', text: 'works' })).toBe('ok    UDP: works')
    expect(formatFinding({ about: 'UDP', level: 'fail', text: 'does not' })).toBe('fail  UDP: does not')
  })

  it('knows Node and the system', () => {
    expect(checkNode()).toEqual([
      { about: 'system', level: 'ok', text: expect.stringContaining(`Node ${process.versions.node}, linux`) },
    ])
  })

  it('encodes with every encoder', async () => {
    expect((await checkEncoders()).map(({ about, level }) => [about, level])).toEqual([
      ['FFmpeg', 'ok'],
      ['H.264', 'ok'],
      ['VP8', 'ok'],
    ])
  })

  it('sends a datagram', async () => {
    expect(await checkUdp('127.0.0.1')).toEqual([
      { about: 'UDP', level: 'ok', text: 'a datagram of 1200 bytes came through on 127.0.0.1' },
    ])
    // of TEST-NET-3 (RFC 5737)
    expect(await checkUdp('203.0.113.9')).toEqual([
      {
        about: 'UDP',
        level: 'fail',
        text: expect.stringMatching(/^203\.0\.113\.9: .*no video without UDP$/),
      },
    ])
  })

  it('tries the port', async () => {
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    const address = taken.address()
    const port = typeof address === 'object' && address ? address.port : 0
    expect(await checkPort('127.0.0.1', port)).toEqual([
      { about: 'HTTP', level: 'warn', text: expect.stringMatching(/is taken by another program; .*--port/) },
    ])
    await new Promise((resolve) => taken.close(resolve))
    expect(await checkPort('127.0.0.1', port)).toMatchObject([{ level: 'ok' }])
    expect(await checkPort('203.0.113.9', 0)).toMatchObject([
      { level: 'fail', text: '203.0.113.9 is not an address of this machine' },
    ])
  })

  it('tells who may send images, when asked', () => {
    const [local, open] = [
      { host: '127.0.0.1', port: 0 },
      { host: '0.0.0.0', port: 0 },
    ]
    expect(checkIngest(open)).toEqual([])
    expect(checkIngest({ ...local, ingest: true })).toMatchObject([{ level: 'ok' }])
    expect(checkIngest({ ...open, ingest: true })).toMatchObject([{ level: 'fail' }])
    const [finding] = checkIngest({ ...open, ingest: true, ingestToken: 'a-secret-of-mine' })
    expect(finding).toMatchObject({ level: 'ok', text: expect.not.stringContaining('secret') })
  })

  it('tells of Firefox and loopback', async () => {
    const [finding] = await checkBrowsers('127.0.0.1', '127.0.0.1')
    expect(finding!.text).toMatch(/Firefox refuses media from loopback addresses, and --media-host is 127/)
    const [other] = await checkBrowsers('0.0.0.0', undefined)
    expect(other!.level).toBe('ok')
  })

  it.each(['chromium', 'firefox'] as const)('makes an offer as %s would', (browser) => {
    const offer = sampleOffer(browser)
    expect(offer.includes('o=mozilla')).toBe(browser === 'firefox')
    expect(() => parseOffer(offer)).not.toThrow()
  })
})
