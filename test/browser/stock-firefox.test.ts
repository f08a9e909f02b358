import { execFile, execFileSync } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { findBrowser } from '../../scripts/ensure-browsers.mjs'

/** A network of its own: loopback, and one interface that leads nowhere. Nothing that is sent leaves it. */
const NETWORK = [
  'ip link set lo up',
  'ip link add v0 type veth peer name v1',
  'ip address add 192.168.77.1/24 dev v0',
  'ip link set v0 up',
  'ip link set v1 up',
  'ip route add default dev v0',
].join(' && ')

function mayMakeNetworks(): boolean {
  try {
    execFileSync('unshare', ['--net', 'sh', '-c', NETWORK], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/**
 * The other tests set preferences in Firefox that let it use 127.0.0.1 for media; a user has not set them.
 * Firefox then needs another address of the machine, and gets it.
 */
describe('Firefox as a user has it', () => {
  it.skipIf(!mayMakeNetworks())('watches a server with default options on the same machine', async () => {
    const firefox = findBrowser('firefox')
    const { stdout } = await promisify(execFile)(
      'unshare',
      [
        '--net',
        'sh',
        '-c',
        `${NETWORK} && exec "$0" "$@"`,
        process.execPath,
        'test/integration/programs/stock-firefox.mjs',
        firefox ?? '',
      ],
      { timeout: 50_000 },
    )
    const { pixel } = JSON.parse(stdout) as { pixel: number[] }
    for (const [index, value] of [200, 150, 120].entries())
      expect(Math.abs((pixel[index] ?? 0) - value), `${pixel}`).toBeLessThanOrEqual(3)
  })
})
