import { afterEach, describe, expect, it } from 'vitest'
import {
  Converter,
  type EncodeTarget,
  type Picture,
  quietFfmpeg,
  type TimedPicture,
  TrackEncoder,
} from '../../../src/encode/index.js'
import { LoopFilterChoice } from '../../../src/encode/loop-filter.js'
import { movingTexture, patchCentres, patches, type RgbaImage } from '../../support/images.js'
import { VideoDecoder } from '../../support/video-decoder.js'

quietFfmpeg()
const open: { close(): void }[] = []
afterEach(() => {
  for (const thing of open.splice(0)) thing.close()
})

describe('LoopFilterChoice', () => {
  const FRAME = 1000 / 30

  /** One that sees pictures of one kind, 30 a second. */
  function fed() {
    const choice = new LoopFilterChoice()
    let now = 1000
    return {
      choice,
      run(seconds: number, quantizer: number, filterLevel: number, isNew: boolean) {
        for (let i = 0; i < seconds * 30; i++) {
          now += FRAME
          choice.update({ quantizer, filterLevel }, isNew, now)
        }
      },
    }
  }

  it('is the simple one where there are bits enough', () => {
    const { choice, run } = fed()
    choice.begin(5)
    run(2, 106, 45, true) // the first pictures of a session are coarse
    run(60, 45, 45, true)
    run(60, 2, 45, false)
    expect(choice.filter).toBe('simple')
  })

  it('is the normal one when what moves is starved', () => {
    const { choice, run } = fed()
    choice.begin(5)
    run(2.9, 100, 31, true)
    expect(choice.filter).toBe('simple')
    run(0.2, 100, 31, true)
    expect(choice.filter).toBe('normal')
  })

  it('is the normal one from the start where there are few bits', () => {
    const { choice, run } = fed()
    choice.begin(2)
    run(10, 100, 31, true)
    expect(choice.filter).toBe('normal')
    choice.begin(6)
    expect(choice.filter).toBe('simple')
  })

  it('counts neither pictures that are repeated nor those of sessions before', () => {
    const { choice, run } = fed()
    choice.begin(5)
    run(10, 100, 45, false)
    run(2.9, 100, 45, true)
    choice.begin(5)
    run(2.9, 100, 45, true)
    expect(choice.filter).toBe('simple')
  })

  it('is the simple one again when fine pictures are filtered strongly, also where there are few bits', () => {
    const { choice, run } = fed()
    choice.begin(2)
    run(5, 2, 9, false)
    expect(choice.filter).toBe('normal')
    run(0.5, 10, 12, false)
    expect(choice.filter).toBe('simple')
    choice.begin(2)
    expect(choice.filter).toBe('simple')
  })

  it('does not change all the time', () => {
    const { choice, run } = fed()
    choice.begin(5)
    run(4, 100, 31, true)
    run(5, 2, 31, false)
    expect(choice.filter).toBe('normal')
    run(5, 2, 31, false)
    expect(choice.filter).toBe('simple')
  })
})

describe('libvpx', () => {
  const target = (bitrate: number, available = bitrate): EncodeTarget => ({ bitrate, available })

  async function setUp(goal: EncodeTarget) {
    const converter = new Converter()
    const encoder = new TrackEncoder('vp8')
    const decoder = await VideoDecoder.open('vp8')
    open.push(converter, encoder, decoder)
    encoder.setTarget(goal)
    let now = 1_000
    return {
      decoder,
      convert: async (image: RgbaImage) => (await converter.convert(image, [1]))[0] as Picture,
      encode(picture: Picture) {
        now += 1000 / 30
        return encoder.encode({ ...picture, captureTime: now }, now)
      },
      /** The same picture, once more. */
      refine(picture: TimedPicture) {
        now += 1000 / 30
        return encoder.encode(picture, now)
      },
    }
  }

  // With the normal loop filter 5 and 13 of 255 were left for ever, whatever was refined.
  it.each([1, 1.9, 4])(
    'brings flat colours to within 1/255 when it can send %s times its rate',
    async (room) => {
      const [width, height] = [480, 320]
      const { convert, refine, decoder } = await setUp(target(1_000_000, room * 1_000_000))
      const picture = { ...(await convert(patches(width, height))), captureTime: 1_000 }
      let encoded: Uint8Array | undefined
      for (let i = 0; i < 60; i++) {
        encoded = (await refine(picture))?.data ?? encoded
        if (encoded) await decoder.decodeFrame(encoded)
      }
      const decoded = (await decoder.decodeFrame(encoded!))!
      let worst = 0
      for (const [plane, shift] of [0, 1, 1].entries()) {
        const [shown, source] = [decoded.data![plane]!, picture.frame.data![plane]!]
        const [shownRow, sourceRow] = [decoded.linesize[plane]!, picture.frame.linesize[plane]!]
        for (const area of patchCentres(width, height))
          for (let y = area.y >> shift; y < (area.y + area.height) >> shift; y++)
            for (let x = area.x >> shift; x < (area.x + area.width) >> shift; x++)
              worst = Math.max(worst, Math.abs(shown[y * shownRow + x]! - source[y * sourceRow + x]!))
      }
      expect(worst).toBeLessThanOrEqual(1)
    },
  )

  it('encodes texture that moves with the filter that suits what it gets', async () => {
    const [width, height] = [640, 360]
    const { convert, encode } = await setUp(target(500_000))
    const pictures = []
    for (let i = 0; i < 12; i++) pictures.push(await convert(movingTexture(width, height, i)))
    const quality: number[] = []
    for (let i = 0; i < 120; i++) {
      const k = i % 22
      const frame = await encode(pictures[k < 12 ? k : 22 - k]!)
      quality.push(frame?.psnr ?? 0)
      expect(frame?.keyframe ?? false).toBe(i === 0)
    }
    // 34 dB with the simple one.
    const last = quality.slice(-30)
    expect(last.reduce((sum, one) => sum + one, 0) / last.length).toBeGreaterThan(38)
  })
})
