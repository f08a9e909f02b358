import type { OpenRequest } from '../../support/headless-receiver/protocol.js'
import { pause } from '../../support/wait.js'
import type { Lab } from './lab.js'

/** Some sessions that send what they are told, each replaced when the server has ended it. */
export class Crew {
  #sessions = 0

  constructor(
    private readonly lab: Lab,
    private readonly request: Omit<OpenRequest, 'url' | 'count'>,
  ) {}

  /** Sessions that were opened. */
  get sessions(): number {
    return this.#sessions
  }

  async open(): Promise<number> {
    for (let tries = 0; ; tries++)
      try {
        const [viewer] = await this.lab.attackers.call('open', {
          ...this.request,
          url: this.lab.whep,
          count: 1,
        })
        this.#sessions++
        return viewer!
      } catch (error) {
        if (tries === 20) throw error
        await pause(100)
      }
  }

  /** The server may not have heard that its other end is gone. */
  async replace(viewer: number): Promise<number> {
    await this.lab.attackers.call('close', { viewers: [viewer], how: 'both' })
    return this.open()
  }
}
