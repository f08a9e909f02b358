import { expect, it } from 'vitest'
import { LimitReports } from '../../../src/engine/limit-reports.js'

it('a limit is told of at once, then once a second with how often it was reached', () => {
  const told: string[] = []
  const reports = new LimitReports((error) => told.push(`${error.code} ${error.message}`))
  for (let i = 0; i < 100; i++) reports.add('limits.sessions', 500, i)
  reports.add('limits.channelBytes', 1_024, 100)
  expect(told).toEqual([
    'ERR_LIMIT limits.sessions (500) was reached: raise it to allow more',
    'ERR_LIMIT limits.channelBytes (1024) was reached: raise it to allow more',
  ])
  reports.tick(999)
  expect(told).toHaveLength(2)
  reports.tick(1_000)
  reports.tick(9_000)
  expect(told.slice(2)).toEqual([
    'ERR_LIMIT limits.sessions (500) was reached 99 times: raise it to allow more',
  ])
})
