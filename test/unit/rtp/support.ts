import { HEADROOM } from '../../../src/rtp/packet-buffer.js'
import type { PacketizedFrame } from '../../../src/rtp/packetizer.js'
import { RtpStream, type RtpStreamOptions } from '../../../src/rtp/stream.js'
import { type ParsedRtp, parseRtp } from '../../support/depacketize.js'

export const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex')

/** A frame of packets whose payloads have these sizes, filled with the packet's index. */
export function frameOf(sizes: readonly number[], captureTime = 0, keyframe = false): PacketizedFrame {
  return {
    codec: 'vp8',
    keyframe,
    captureTime,
    width: 16,
    height: 16,
    scale: 1,
    data: Buffer.alloc(0),
    packets: sizes.map((size, i) => Buffer.alloc(HEADROOM + size, i)),
    byteLength: sizes.reduce((sum, size) => sum + size, 0),
    sequenceNumber: 0,
  }
}

export interface Sent {
  readonly stream: RtpStream
  /** Everything that went out, copied as the transport does. */
  readonly packets: Buffer[]
  parsed(): ParsedRtp[]
}

export function streamOf(options: Partial<RtpStreamOptions> = {}): Sent {
  const packets: Buffer[] = []
  const stream = new RtpStream({
    ssrc: 0x11223344,
    payloadType: 96,
    clockOffset: 0,
    firstSequenceNumber: 100,
    cname: 'pixelcast',
    wallClockOffset: 0,
    out: (packet) => packets.push(Buffer.from(packet)),
    ...options,
  })
  return { stream, packets, parsed: () => packets.map(parseRtp) }
}

/** Sends `count` one-packet frames, one a millisecond; returns the time after the last. */
export function sendMany(stream: RtpStream, count: number, from = 0, step = 1): number {
  const frame = frameOf([10])
  for (let i = 0; i < count; i++) stream.sendPacket(frame, 0, from + i * step)
  return from + count * step
}
