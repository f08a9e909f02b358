import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { freeTcpPort } from './tcp-port.js'
import { until } from './wait.js'

const SSHD = '/usr/sbin/sshd'
const SSH = '/usr/bin/ssh'

/**
 * `ssh -L` through Debian's sshd, with keys and configuration of its own in a temporary folder. The sshd is in the
 * network of another process, and listens on the loopback there; what brings the ssh client to it is a program
 * that connects within that network, so that one TCP connection is all that the two networks have in common.
 */
export class SshTunnel {
  static readonly isInstalled = existsSync(SSHD) && existsSync(SSH)
  log = ''

  private constructor(
    /** On 127.0.0.1, here. */
    readonly port: number,
    private readonly folder: string,
    private readonly processes: ChildProcess[],
  ) {}

  /**
   * @param pid of a process in the other network
   * @param target port on 127.0.0.1 there
   */
  static async open(pid: number, target: number): Promise<SshTunnel> {
    const folder = await mkdtemp(join(tmpdir(), 'pixelcast-ssh-'))
    const file = (name: string): string => join(folder, name)
    for (const key of ['host', 'user'])
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file(key)])
    const there = ['nsenter', `--net=/proc/${pid}/ns/net`]
    // A number that is free here is taken for there as well: nobody else is there.
    const sshPort = await freeTcpPort()
    const config = {
      Port: sshPort,
      ListenAddress: '127.0.0.1',
      HostKey: file('host'),
      AuthorizedKeysFile: file('user.pub'),
      PidFile: 'none',
      UsePAM: 'no',
      StrictModes: 'no',
      PasswordAuthentication: 'no',
      PermitRootLogin: 'yes',
      AllowTcpForwarding: 'yes',
    }
    await writeFile(
      file('config'),
      Object.entries(config)
        .map(([key, value]) => `${key} ${value}\n`)
        .join(''),
    )
    await writeFile(
      file('connect.cjs'),
      `const s = require('net').connect(${sshPort}, '127.0.0.1'); process.stdin.pipe(s).pipe(process.stdout)`,
    )
    // sshd wants /run/sshd: it gets a /run of its own rather than a change of the machine's.
    const mounted = 'mount -t tmpfs none /run && mkdir -m 755 /run/sshd && exec "$0" "$@"'
    const sshd = run([
      ...there,
      'unshare',
      '--mount',
      'sh',
      '-c',
      mounted,
      SSHD,
      '-D',
      '-e',
      '-f',
      file('config'),
    ])
    const port = await freeTcpPort()
    const options = {
      ProxyCommand: `${there.join(' ')} ${process.execPath} ${file('connect.cjs')}`,
      IdentityFile: file('user'),
      IdentitiesOnly: 'yes',
      UserKnownHostsFile: file('known'),
      StrictHostKeyChecking: 'no',
      ExitOnForwardFailure: 'yes',
      ConnectionAttempts: '20',
      BatchMode: 'yes',
    }
    const processes = [sshd]
    const tunnel = new SshTunnel(port, folder, processes)
    tunnel.#listen(sshd)
    try {
      await until('sshd listens', () => tunnel.log.includes('Server listening'))
      const ssh = run([
        SSH,
        ...['-F', 'none', '-N', '-L', `127.0.0.1:${port}:127.0.0.1:${target}`],
        ...Object.entries(options).flatMap(([key, value]) => ['-o', `${key}=${value}`]),
        `${userInfo().username}@pixelcast.test`,
      ])
      processes.push(ssh)
      tunnel.#listen(ssh)
      await until('the tunnel', () => accepts(port))
    } catch (error) {
      await tunnel.close()
      throw new Error(`${error}; ssh and sshd: ${tunnel.log}`)
    }
    return tunnel
  }

  async close(): Promise<void> {
    for (const child of this.processes.reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill()
      await ended
    }
    await rm(this.folder, { recursive: true, force: true })
  }

  #listen(child: ChildProcess): void {
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text) => {
        this.log += text
      })
  }
}

function run([command = '', ...parameters]: string[]): ChildProcess {
  return spawn(command, parameters, { stdio: ['ignore', 'pipe', 'pipe'] })
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}
