import { OptionError, show } from '../common/errors.js'
import type { AccessAnswer, AccessQuestion } from '../server/access/types.js'
import type { Authorize } from './access-options.js'

/**
 * Asks the application's `authorize` about each track. Never rejects: what it throws, or an answer that is none, goes
 * to `onError`, and means that it could not say.
 */
export function answerBy(
  authorize: Authorize,
  { request, tracks, right }: AccessQuestion,
  onError: (error: Error) => void,
): Promise<AccessAnswer> {
  return Promise.all(
    tracks.map(async (track) => {
      try {
        const answer: unknown = await authorize(request, track, right)
        if (typeof answer === 'boolean') return answer
        throw new OptionError({
          field: 'access.authorize',
          expected: 'true or false, or a promise of one',
          actual: show(answer),
        })
      } catch (error) {
        onError(error instanceof Error ? error : new Error(String(error)))
        return null
      }
    }),
  )
}
