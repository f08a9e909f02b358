// How the scripts here install Debian's packages.
import { spawnSync } from 'node:child_process'

const LOCK_WAIT_MS = 15_000

/** The words to put before a command that needs root; undefined when there is no way without a password. */
export function asRoot() {
  if (process.getuid?.() === 0) return []
  return spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0 ? ['sudo', '-n'] : undefined
}

/**
 * Runs apt-get; waits once when something else has its lock.
 * @param {string[]} prefix as `asRoot` says
 * @param {string[]} args
 */
export function apt(prefix, args) {
  const command = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...args]
  for (let attempt = 0; ; attempt++) {
    const { status, stderr } = spawnSync(command[0] ?? '', command.slice(1), {
      stdio: ['ignore', 'inherit', 'pipe'],
      encoding: 'utf8',
    })
    process.stderr.write(stderr ?? '')
    if (status === 0) return true
    if (attempt > 0 || !/could not get lock|unable to (acquire|lock)/i.test(stderr ?? '')) return false
    console.log('apt is busy with something else; trying once more')
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOCK_WAIT_MS)
  }
}
