import { WhipEndpoint } from '../../src/publish/whip-client.js'
import { answerCalls } from './child.js'

const api = {
  /** Posts to a WHIP endpoint. Gives what became of it, in words. */
  async post(url: string): Promise<{ message: string; retry: string }> {
    const signal = new AbortController().signal
    return new WhipEndpoint(new URL(url), undefined).create('v=0', signal).then(
      () => ({ message: 'taken', retry: '' }),
      ({ message, retry }) => ({ message, retry }),
    )
  },
}
export type WhipPostApi = typeof api
answerCalls(api)
