import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { CONFIGURE } from '../../../src/encode/codec-config.js'
import { CodecSession } from '../../../src/encode/codec-session.js'
import { Converter, type Picture, quietFfmpeg } from '../../../src/encode/index.js'
import { readVp8Header } from '../../../src/encode/vp8-header.js'
import { movingTexture } from '../../support/images.js'

quietFfmpeg()
const open: { close(): void }[] = []
afterEach(() => {
  for (const thing of open.splice(0)) thing.close()
})

/** Writes bits as RFC 6386 says in section 7.3, all equally probable. */
function arithmetic(bits: readonly number[]): number[] {
  const bytes: number[] = []
  let range = 255
  let bottom = 0
  let left = 24
  const carry = () => {
    let i = bytes.length - 1
    while (i >= 0 && bytes[i] === 255) bytes[i--] = 0
    bytes[i]!++
  }
  for (const bit of [...bits, ...new Array<number>(32).fill(0)]) {
    const split = 1 + (((range - 1) * 128) >> 8)
    if (bit) {
      bottom += split
      range -= split
    } else {
      range = split
    }
    while (range < 128) {
      range <<= 1
      if (bottom >= 2 ** 31) carry()
      bottom = (bottom * 2) % 2 ** 32
      if (--left === 0) {
        bytes.push(Math.floor(bottom / 2 ** 24))
        bottom %= 2 ** 24
        left = 8
      }
    }
  }
  return bytes
}

const number = (value: number, width: number) =>
  Array.from({ length: width }, (_, i) => (value >> (width - 1 - i)) & 1)
const perhaps = (width: number) =>
  fc.option(fc.nat(2 ** width - 1)).map((value) => (value === null ? [0] : [1, ...number(value, width)]))
const many = (width: number, count: number) =>
  fc.array(perhaps(width), { minLength: count, maxLength: count }).map((fields) => fields.flat())
const segmentation = fc.oneof(
  fc.constant([0]),
  fc
    .tuple(fc.boolean(), fc.boolean(), many(8, 4), many(7, 4), many(8, 3))
    .map(([map, data, quantizers, levels, tree]) => [
      1,
      Number(map),
      Number(data),
      ...(data ? [1, ...quantizers, ...levels] : []),
      ...(map ? tree : []),
    ]),
)
const deltas = fc.oneof(
  fc.constant([0]),
  fc.constant([1, 0]),
  many(7, 8).map((all) => [1, 1, ...all]),
)

describe('readVp8Header', () => {
  it('finds the quantizer and the filter level behind whatever is before them', () => {
    fc.assert(
      fc.property(
        fc.boolean(),
        segmentation,
        deltas,
        fc.nat(63),
        fc.nat(127),
        (keyframe, segments, filterDeltas, filterLevel, quantizer) => {
          const bits = [
            ...(keyframe ? [0, 0] : []),
            ...segments,
            0,
            ...number(filterLevel, 6),
            ...number(0, 3),
            ...filterDeltas,
            ...number(0, 2),
            ...number(quantizer, 7),
          ]
          const data = new Uint8Array([...new Array<number>(keyframe ? 10 : 3).fill(0), ...arithmetic(bits)])
          expect(readVp8Header(data, keyframe)).toEqual({ quantizer, filterLevel })
        },
      ),
    )
  })

  it('reads what libvpx writes', async () => {
    const [width, height] = [320, 240]
    const config = CONFIGURE.vp8(
      { width, height },
      { bitrate: 1e6, available: 1e6 },
      {
        effort: 'normal',
        filter: 'normal',
      },
    )
    const session = await CodecSession.open({
      ...config,
      prepare: (context) => {
        config.prepare?.(context)
        context.qMin = 20
        context.qMax = 20
      },
    })
    const converter = new Converter()
    open.push(session, converter)
    for (let i = 0; i < 5; i++) {
      const [picture] = (await converter.convert(movingTexture(width, height, i), [1])) as [Picture]
      const encoded = (await session.encode(picture, 3000 * i, false))!
      // Of its 64 steps, libvpx maps number 20 to index 25 (vp8_cx_iface/onyx_if.c, q_trans).
      expect(readVp8Header(encoded.data, encoded.keyframe).quantizer).toBe(25)
      converter.recycle(picture)
    }
  })

  it('takes what is too short', () => {
    expect(readVp8Header(new Uint8Array(), true)).toEqual({ quantizer: 0, filterLevel: 0 })
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.boolean(), (data, keyframe) => {
        const { quantizer, filterLevel } = readVp8Header(data, keyframe)
        expect(quantizer).toBeLessThan(128)
        expect(filterLevel).toBeLessThan(64)
      }),
    )
  })
})
