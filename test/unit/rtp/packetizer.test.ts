import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { EncodedFrame, VideoCodec } from '../../../src/encode/encoded-frame.js'
import { HEADROOM, MAX_PACKET_SIZE } from '../../../src/rtp/packet-buffer.js'
import { type PacketizedFrame, Packetizer } from '../../../src/rtp/packetizer.js'
import { splitAnnexB } from '../../../src/rtp/payload/annex-b.js'
import { depacketizeH264, depacketizeVp8, parseRtx, parseVp8Descriptor } from '../../support/depacketize.js'
import { hex, streamOf } from './support.js'

const encoded = (codec: VideoCodec, data: Uint8Array): EncodedFrame => ({
  codec,
  data,
  keyframe: true,
  captureTime: 12.5,
  width: 33,
  height: 17,
  scale: 1,
  psnr: undefined,
})
const payloads = ({ packets }: PacketizedFrame) => packets.map((packet) => packet.subarray(HEADROOM))

/** The frames of an IVF file: a header of 32 bytes, then each frame after 12 bytes that begin with its size. */
function ivfFrames(file: Buffer): Buffer[] {
  const frames: Buffer[] = []
  for (let at = 32; at < file.length; ) {
    const size = file.readUInt32LE(at)
    frames.push(file.subarray(at + 12, at + 12 + size))
    at += 12 + size
  }
  return frames
}

describe('Packetizer', () => {
  it('describes the frame', () => {
    const packetizer = new Packetizer('vp8')
    packetizer.packetize(encoded('vp8', hex('00')))
    expect(packetizer.packetize(encoded('vp8', hex('010203')))).toMatchObject({
      codec: 'vp8',
      keyframe: true,
      captureTime: 12.5,
      width: 33,
      height: 17,
      byteLength: 7,
      sequenceNumber: 1,
    })
  })

  it('copies the data', () => {
    const data = hex('00000001 65010203')
    const frame = new Packetizer('h264').packetize(encoded('h264', data))
    data.fill(0)
    expect(payloads(frame)).toEqual([hex('65010203')])
  })

  it('counts VP8 pictures up, modulo 2^15', () => {
    const packetizer = new Packetizer('vp8')
    const ids = Array.from({ length: 0x8001 }, () => {
      const [payload] = payloads(packetizer.packetize(encoded('vp8', hex('00'))))
      return payload && parseVp8Descriptor(payload).pictureId
    })
    const wrong = ids.filter((id, i) => i > 0 && id !== ((ids[i - 1] ?? 0) + 1) % 0x8000)
    expect(wrong).toEqual([])
  })

  it('makes no packets of data that has no NAL unit', () => {
    const frame = new Packetizer('h264').packetize(encoded('h264', hex('ffffff')))
    expect(frame).toMatchObject({ packets: [], byteLength: 0 })
  })

  it('refuses a frame of another codec', () => {
    expect(() => new Packetizer('vp8').packetize(encoded('h264', hex('00')))).toThrow(TypeError)
  })

  it('keeps packets within their size with the largest header, over RTX too', () => {
    const data = readFileSync('test/fixtures/rtp/x264.h264')
    const frame = new Packetizer('h264').packetize(encoded('h264', data))
    const { stream, packets, parsed } = streamOf({
      rtx: { ssrc: 2, payloadType: 98 },
      extensions: { playoutDelay: 101, transportCc: 102, mid: 103 },
      mid: 'm'.repeat(16),
    })
    frame.packets.forEach((_, i) => {
      stream.sendPacket(frame, i, 0)
    })
    const all = frame.packets.map((_, i) => 100 + i)
    for (const item of stream.onNack(all, 1)) stream.retransmit(item, 1)
    expect(Math.max(...packets.map(({ length }) => length))).toBeLessThanOrEqual(MAX_PACKET_SIZE)

    const units = splitAnnexB(data).filter((unit) => (unit[0]! & 0x1f) !== 9)
    const media = parsed().filter(({ ssrc }) => ssrc !== 2)
    const rtx = parsed().filter(({ ssrc }) => ssrc === 2)
    expect(splitAnnexB(depacketizeH264(media.map(({ payload }) => payload)))).toEqual(units)
    expect(rtx.map(({ payload }) => parseRtx(payload).originalSequenceNumber)).toEqual(all)
    expect(splitAnnexB(depacketizeH264(rtx.map(({ payload }) => parseRtx(payload).payload)))).toEqual(units)
  })

  it('gives back what libvpx wrote', () => {
    const packetizer = new Packetizer('vp8')
    const frames = ivfFrames(readFileSync('test/fixtures/rtp/libvpx.ivf'))
    expect(frames).toHaveLength(4)
    for (const data of frames) {
      const frame = packetizer.packetize(encoded('vp8', data))
      expect(depacketizeVp8(payloads(frame))).toEqual(data)
    }
  })
})
