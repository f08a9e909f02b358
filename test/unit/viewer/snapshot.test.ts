import { describe, expect, it } from 'vitest'
import { formatTime, formatZoom } from '../../../src/viewer/format.js'
import { recordingBitrate } from '../../../src/viewer/recorder.js'
import { fileName } from '../../../src/viewer/snapshot.js'

describe('fileName', () => {
  const now = new Date(2026, 0, 5, 8, 3, 9)

  it('names the track and the time', () => {
    expect(fileName('../whep/front%20camera?codec=vp8', 'png', now)).toBe(
      'front camera 2026-01-05 08.03.09.png',
    )
  })

  it('has nothing that a file system would take for something else', () => {
    expect(fileName('/whep/a%2Fb%3A%5C..', 'webm', now)).toBe('a-b-.. 2026-01-05 08.03.09.webm')
    expect(fileName('/whep/%zz', 'png', now)).toBe('picture 2026-01-05 08.03.09.png')
    expect(fileName('/whep/', 'png', now)).toBe('picture 2026-01-05 08.03.09.png')
  })
})

describe('the bar', () => {
  it('says times and sizes', () => {
    expect([7.9, 754, 3_723].map(formatTime)).toEqual(['0:07', '12:34', '1:02:03'])
    expect([0.5, 1, 27.27, 0].map(formatZoom)).toEqual(['50 %', '100 %', '2727 %', '–'])
  })

  it('records with a rate that suits the size', () => {
    expect(recordingBitrate({ width: 16, height: 16 })).toBe(1_000_000)
    expect(recordingBitrate({ width: 1_280, height: 720 })).toBe(5_529_600)
    expect(recordingBitrate({ width: 8_192, height: 8_192 })).toBe(40_000_000)
  })
})
