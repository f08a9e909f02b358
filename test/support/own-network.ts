import { spawnSync } from 'node:child_process'
import type { BrowserName } from './browser.js'

/** Set in the tests that stock-firefox.test.ts runs in a network of their own. */
const isOwnNetwork = process.env.PIXELCAST_OWN_NETWORK !== undefined

/** A name of 127.0.0.1 that browsers do not take for this machine's: pages of plain HTTP are no secure context there. */
export const OTHER_NAME = 'pixelcast.test'

/**
 * Where the tests of the pages run: Chromium with media on 127.0.0.1; Firefox as a user has it, which
 * refuses media on loopback, only in a network of their own (see stock-firefox.test.ts).
 */
export const PAGE_TEST = isOwnNetwork
  ? ({
      browser: 'firefox' satisfies BrowserName,
      isStock: true,
      server: {},
      cli: [],
      media: '192.168.77.1',
      elsewhere: { name: '192.168.77.1', server: { host: '192.168.77.1', public: true } },
    } as const)
  : ({
      browser: 'chromium' satisfies BrowserName,
      isStock: false,
      server: { ice: { bindAddress: '127.0.0.1' } },
      cli: ['--media-host', '127.0.0.1'],
      media: '127.0.0.1',
      elsewhere: { name: OTHER_NAME, server: { allowedHosts: [OTHER_NAME] } },
    } as const)

/** Loopback, and one interface that leads nowhere: nothing that is sent there leaves the machine. */
const NETWORK = [
  'ip link set lo up',
  'ip link add v0 type veth peer name v1',
  'ip address add 192.168.77.1/24 dev v0',
  'ip link set v0 up',
  'ip link set v1 up',
  'ip route add default dev v0',
].join(' && ')

/** Command and arguments that run a command in a network namespace of its own. Wants root. */
export function inOwnNetwork(...command: readonly string[]): [string, string[]] {
  return ['unshare', ['--net', 'sh', '-c', `${NETWORK} && exec "$0" "$@"`, ...command]]
}

export function mayMakeNetworks(): boolean {
  return !isOwnNetwork && spawnSync(...inOwnNetwork('true')).status === 0
}

/** Command and arguments, for another one behind them: a network that has loopback and nothing else. Wants root. */
export const ALONE: readonly string[] = [
  'unshare',
  '--net',
  'sh',
  '-c',
  'ip link set lo up && exec "$0" "$@"',
]
