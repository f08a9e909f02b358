import { describe, expect, it } from 'vitest'
import { errorOfRequest } from '../../../src/publish/attempt-error.js'

describe('errorOfRequest', () => {
  it('does not try again what fetch blocks, and says why', async () => {
    const error = await fetch('http://127.0.0.1:9/whip').catch((reason: unknown) => reason)
    expect(errorOfRequest(error, '127.0.0.1:9')).toMatchObject({
      retry: 'never',
      message: '127.0.0.1:9: a port that fetch blocks',
    })
  })
})
