import { describe, expect, it } from 'vitest'
import { repairCopies } from '../../../src/engine/repair-copies.js'

describe('repairCopies', () => {
  it.each([
    ['nothing lost', 0, 0, 1],
    ['hardly anything lost', 0.009, 0, 1],
    ['a radio link', 0.05, 5, 3],
    ['a bad radio link, where three would be more than the media', 0.2, 5, 2],
    ['loss because there is too much', 0.05, 30, 1],
    ['much loss because there is too much', 0.3, 300, 1],
  ])('%s: %d lost, %d ms of queue', (_, loss, queueDelay, copies) => {
    expect(repairCopies(loss, queueDelay)).toBe(copies)
  })
})
