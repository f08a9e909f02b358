import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { accepts } from './accepts.js'
import { freeUdpPort } from './udp-forwarder.js'
import { until } from './wait.js'

const COMMAND = '/usr/bin/turnserver'

/** Debian's coturn on 127.0.0.1, with time-limited credentials. */
export class TurnServer {
  static readonly isInstalled = existsSync(COMMAND)
  static readonly secret = 'north'
  log = ''

  private constructor(
    readonly port: number,
    private readonly process: ChildProcess,
  ) {
    for (const stream of [process.stdout, process.stderr])
      stream?.setEncoding('utf8').on('data', (text) => {
        this.log += text
      })
  }

  static async start(): Promise<TurnServer> {
    const port = await freeUdpPort()
    const parameters = [
      ...['-n', '--no-cli', '--no-tls', '--no-dtls', '--listening-ip=127.0.0.1', '--relay-ip=127.0.0.1'],
      ...[`--listening-port=${port}`, '--use-auth-secret', `--static-auth-secret=${TurnServer.secret}`],
      ...[
        '--realm=pixelcast.test',
        '--allow-loopback-peers',
        '--log-file=stdout',
        '--verbose',
        '--pidfile=/dev/null',
      ],
    ]
    const server = new TurnServer(port, spawn(COMMAND, parameters, { stdio: ['ignore', 'pipe', 'pipe'] }))
    await until('coturn listens', () => accepts(port)).catch((error) => {
      throw new Error(`${error}; coturn: ${server.log}`)
    })
    return server
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.process.once('exit', resolve))
    this.process.kill()
    await ended
  }
}
