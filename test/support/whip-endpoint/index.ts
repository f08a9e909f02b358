import { Child } from '../child.js'
import type { WhipApi } from './protocol.js'

export type { Reply, SeenRequest, SeenSession, Taking } from './protocol.js'

/** A WHIP endpoint in a process of its own, on libdatachannel, that notes what comes and answers as it is told. */
export class WhipTestEndpoint {
  private constructor(
    readonly child: Child<WhipApi>,
    readonly port: number,
  ) {}

  static async start(port = 0): Promise<WhipTestEndpoint> {
    const child = await Child.start<WhipApi>('test/support/whip-endpoint/process.ts')
    return new WhipTestEndpoint(child, await child.call('listen', { port }))
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/whip`
  }

  async count(method: string): Promise<number> {
    return (await this.child.call('requests')).filter((request) => request.method === method).length
  }

  async stop(signal?: NodeJS.Signals): Promise<void> {
    await this.child.kill(signal)
  }
}
