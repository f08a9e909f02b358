import { execFile } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { ROOT } from '../support/child.js'
import { inOwnNetwork, mayMakeNetworks } from '../support/own-network.js'

/**
 * The other tests set preferences in Firefox that let it use 127.0.0.1 for media; a user has not set them.
 * Firefox then needs another address of the machine, which a server with default options offers to it.
 */
describe('Firefox as a user has it, in a network of its own', () => {
  it.skipIf(!mayMakeNetworks())(
    'passes the tests of the pages, of metadata and of HighGUI',
    { timeout: 300_000 },
    async () => {
      const tests = ['viewer-page', 'viewer-element', 'metadata', 'highgui'].map(
        (name) => `test/browser/${name}.test.ts`,
      )
      const projects = ['--project', 'integration', '--project', 'alone']
      const vitest = ['node_modules/vitest/vitest.mjs', 'run', ...projects, ...tests]
      const [command, parameters] = inOwnNetwork(process.execPath, ...vitest)
      const environment = { ...process.env, PIXELCAST_OWN_NETWORK: '1' }
      const { code, output } = await new Promise<{ code: number; output: string }>((resolve) => {
        const run = execFile(command, parameters, { cwd: ROOT, env: environment }, (_error, stdout, stderr) =>
          resolve({ code: run.exitCode ?? -1, output: stdout + stderr }),
        )
      })
      expect(code, output).toBe(0)
      expect(output).toMatch(/Tests\s+.*\d+ passed/)
    },
  )
})
