import { describe, expect, it } from 'vitest'
import { recordingBitrate } from '../../../src/viewer/recording.js'

describe('recordingBitrate', () => {
  it('suits the size', () => {
    expect(recordingBitrate({ width: 16, height: 16 })).toBe(1_000_000)
    expect(recordingBitrate({ width: 1_280, height: 720 })).toBe(5_529_600)
    expect(recordingBitrate({ width: 8_192, height: 8_192 })).toBe(40_000_000)
  })
})
