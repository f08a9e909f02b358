import { describe, expect, it } from 'vitest'
import { CanvasCount } from '../../../../src/viewer/socket/canvas-count.js'
import { readFrame } from '../../../../src/viewer/socket/frame.js'
import { describeH264, lengthPrefixed, nalUnits } from '../../../../src/viewer/socket/h264.js'
import { MediaClock } from '../../../../src/viewer/socket/media-clock.js'
import { MediaPace } from '../../../../src/viewer/socket/media-pace.js'
import { vp8Size } from '../../../../src/viewer/socket/vp8.js'

const bytes = (hex: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(hex, 'hex'))
/** Of libx264, 1280 × 720. */
const SPS = '6742c01fda014016e840000003004000000f23c60ca8'
const PPS = '68ce3c80'

describe('readFrame', () => {
  const message = bytes('0101010200000007ffffff0000000000aabb').buffer

  it('reads the header', () => {
    const frame = readFrame(message, 12)
    expect(frame).toMatchObject({ keyframe: true, codec: 'vp8', number: 7, rtp: 0xffffff00, received: 12 })
    expect([...(frame?.data ?? [])]).toEqual([0xaa, 0xbb])
  })

  it.each([
    ['another kind', '0201010200000007ffffff0000000000aabb'],
    ['a codec that is not known', '0101090200000007ffffff0000000000aabb'],
    ['a header alone', '0101010200000007ffffff0000000000'],
    ['nothing', ''],
  ])('passes over %s', (_, hex) => {
    expect(readFrame(bytes(hex).buffer, 0)).toBeUndefined()
  })
})

describe('H.264', () => {
  const frame = bytes(`0000000109f000000001${SPS}00000001${PPS}0000016588840000`)

  it('finds the units, and what the parameter sets say', () => {
    const units = nalUnits(frame)
    expect(units.map((unit) => (unit[0] ?? 0) & 31)).toEqual([9, 7, 8, 5])
    expect(describeH264(units)).toMatchObject({ codec: 'avc1.42c01f', width: 1280, height: 720 })
  })

  it('gives the lengths of what is no parameter set', () => {
    expect(Buffer.from(lengthPrefixed(nalUnits(frame))).toString('hex')).toBe('00000003658884')
  })

  it('says nothing of a frame without parameter sets', () => {
    expect(describeH264(nalUnits(bytes('00000001419a00')))).toBeUndefined()
    expect(nalUnits(bytes('010203'))).toEqual([])
  })
})

describe('VP8', () => {
  it('has its size in a keyframe, and in no other', () => {
    expect(vp8Size(bytes('d025069d012a0005d0020147'))).toEqual({ width: 1280, height: 720 })
    expect(vp8Size(bytes('d125069d012a0005d0020147'))).toBeUndefined()
    expect(vp8Size(bytes('d025'))).toBeUndefined()
  })
})

describe('MediaClock', () => {
  it('goes on where RTP time wraps, and finds frames by their places', () => {
    const clock = new MediaClock()
    const places = [2 ** 32 - 1_500, 1_500, 4_500].map((rtp) => clock.place({ rtp, received: rtp }))
    expect(places).toEqual([0, 3_000, 6_000])
    expect(clock.find(3_000 / 90_000 + 0.000_4)?.rtp).toBe(1_500)
    expect(clock.find(0.01)).toBeUndefined()
  })

  it('gives a frame that is out of order a place of its own', () => {
    const clock = new MediaClock()
    expect([9_000, 6_000, 6_000].map((rtp) => clock.place({ rtp, received: 0 }))).toEqual([0, 90, 180])
  })
})

describe('MediaPace', () => {
  it('leaves no gap, whatever comes between two frames', () => {
    const pace = new MediaPace()
    let end = 0
    for (const received of [0, 33, 66, 2_066, 2_067, 2_100]) {
      const { at, duration } = pace.next(received)
      expect(at).toBe(end)
      expect(duration).toBeGreaterThan(0)
      end = at + duration
    }
    // Two seconds of a still image are no two seconds of the file.
    expect(end).toBeLessThan(0.3 * 90_000)
  })

  it('follows the rate', () => {
    const pace = new MediaPace()
    let duration = 0
    for (let index = 0; index < 100; index++) duration = pace.next(index * 16.7).duration
    expect(duration / 90).toBeGreaterThan(16.7)
    expect(duration / 90).toBeLessThan(17.5)
  })
})

describe('CanvasCount', () => {
  const frame = (rtp: number) => ({ rtp, received: 0 })

  it('holds back what follows the first frame until that is seen, and then knows each', () => {
    const count = new CanvasCount()
    expect(count.mayDraw(0)).toBe(true)
    count.drew(frame(1), 0)
    expect(count.mayDraw(16)).toBe(false)
    // The video has shown 40 frames of something else.
    expect(count.find(41, 20)?.rtp).toBe(1)
    for (let number = 2; number < 200; number++) {
      const now = number * 16
      expect(count.mayDraw(now)).toBe(true)
      count.drew(frame(number), now)
      // Every third goes unseen.
      if (number % 3) expect(count.find(40 + number, now + 20)?.rtp).toBe(number)
    }
  })

  it('does not wait for who does not look', () => {
    const count = new CanvasCount()
    count.drew(frame(1), 0)
    expect(count.mayDraw(251)).toBe(true)
    count.drew(frame(2), 251)
    expect(count.mayDraw(260)).toBe(true)
  })

  it('says nothing rather than something wrong when the counts have come apart', () => {
    const count = new CanvasCount()
    count.drew(frame(1), 0)
    count.find(1, 10)
    count.drew(frame(2), 16)
    expect(count.find(7, 30)).toBeUndefined()
    // All that was drawn has been seen by then; the next one is alone.
    expect(count.mayDraw(40)).toBe(false)
    expect(count.mayDraw(140)).toBe(true)
    count.drew(frame(3), 140)
    expect(count.mayDraw(150)).toBe(false)
    expect(count.find(8, 160)?.rtp).toBe(3)
  })
})
