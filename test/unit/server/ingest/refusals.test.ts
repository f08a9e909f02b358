import { describe, expect, it } from 'vitest'
import { ImageError } from '../../../../src/common/errors.js'
import { Refusals } from '../../../../src/server/ingest/refusals.js'

const error = (actual: string) => new ImageError({ field: 'data', expected: 'a whole image', actual })

describe('refused images', () => {
  it('are counted, and made an error of only when somebody wants to know', () => {
    let made = 0
    const reported: string[] = []
    const refusals = new Refusals(({ actual }) => reported.push(actual))
    for (let i = 0; i < 100_000; i++) {
      refusals.add(() => {
        made++
        return error(`${i}`)
      })
      if (i % 999 === 998) refusals.endRow()
    }
    // At most one a second is reported.
    expect(made).toBe(reported.length)
    expect(made).toBeLessThan(100)
    expect(reported[0]).toBe('0')
    expect([refusals.count, refusals.last?.actual]).toEqual([100_000, '99999'])
  })

  it('are too many at a thousand in a row', () => {
    const refusals = new Refusals(() => {})
    for (let i = 0; i < 999; i++) refusals.add(() => error('x'))
    expect(() => refusals.add(() => error('the last'))).toThrow(
      '1000 images in a row could not be shown; the last: image.data: expected a whole image, got the last',
    )
    expect(refusals.count).toBe(1000)
  })
})
