import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { accepts } from './accepts.js'
import { until } from './wait.js'

/** A program that passes HTTP on, in a folder of its own. */
export class WebProxy {
  #log = ''

  private constructor(
    private readonly process: ChildProcess,
    private readonly folder: string,
  ) {
    for (const stream of [process.stdout, process.stderr])
      stream?.setEncoding('utf8').on('data', (text) => {
        this.#log += text
      })
  }

  /** @param parameters given the folder that the configuration lies in, as `config` */
  static async start(
    command: string,
    parameters: (folder: string) => string[],
    config: (folder: string) => string,
    port: number,
  ): Promise<WebProxy> {
    const folder = await mkdtemp(join(tmpdir(), 'pixelcast-proxy-'))
    await writeFile(join(folder, 'config'), config(folder))
    const environment = { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder }
    const child = spawn(command, parameters(folder), {
      cwd: folder,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const proxy = new WebProxy(child, folder)
    await until('the proxy listens', () => accepts(port)).catch((error) => {
      throw new Error(`${error}; ${command}: ${proxy.#log}`)
    })
    return proxy
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.process.once('exit', resolve))
    this.process.kill()
    await ended
    await rm(this.folder, { recursive: true, force: true })
  }
}
