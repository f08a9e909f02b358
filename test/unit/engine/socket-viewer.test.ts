import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { MetadataText } from '../../../src/common/metadata-text.js'
import type { MessagePipe, PipeEvents } from '../../../src/engine/message-pipe.js'
import { SocketViewer } from '../../../src/engine/socket-viewer.js'
import { type PacketizedFrame, Packetizer } from '../../../src/rtp/index.js'

const IDR = Uint8Array.from([0, 0, 0, 1, 0x65, 1, 2, 3])

class FakePipe implements MessagePipe {
  buffered = 0
  readonly sent: (string | Buffer)[] = []
  closed: string | undefined
  events: PipeEvents | undefined

  sendText(text: string): void {
    this.sent.push(text)
  }
  sendBytes(head: Uint8Array, body: Uint8Array): void {
    this.sent.push(Buffer.concat([head, body]))
  }
  listen(events: PipeEvents): void {
    this.events = events
  }
  close(reason: string): void {
    this.closed = reason
  }

  say(message: unknown): void {
    const text = typeof message === 'string' ? message : JSON.stringify(message)
    this.events?.onMessage(text, text.length)
  }
  get texts(): { readonly t: string }[] {
    return this.sent.filter((message) => typeof message === 'string').map((text) => JSON.parse(text))
  }
  get frames(): Buffer[] {
    return this.sent.filter((message) => typeof message !== 'string')
  }
}

const events = () => ({
  onOpen: vi.fn(),
  onClose: vi.fn(),
  onKeyframeNeeded: vi.fn(),
  onRate: vi.fn(),
  onChannelOpen: vi.fn(),
  onMessage: vi.fn(),
  onChannelClosed: vi.fn(),
  onLimit: vi.fn(),
  onError: vi.fn(),
})
const LIMITS = {
  handshakeTime: 10_000,
  channel: { messages: 550, bytes: 128 * 1024, messageBytes: 4 * 1024 },
}
const identity = { id: 'viewer-1', session: 'secret', track: 'a' }

function scene() {
  const heard = events()
  const pipe = new FakePipe()
  const viewer: SocketViewer = new SocketViewer(identity, 'h264', { rates: {}, limits: LIMITS }, heard)
  heard.onChannelOpen.mockImplementation(() => viewer.greet(true))
  const packetizer = new Packetizer('h264')
  const frame = (change: Partial<PacketizedFrame> = {}): PacketizedFrame => ({
    ...packetizer.packetize({
      codec: 'h264',
      data: IDR,
      keyframe: true,
      captureTime: 1_000,
      width: 64,
      height: 48,
      scale: 1,
      psnr: undefined,
    }),
    ...change,
  })
  return { heard, pipe, viewer, frame }
}

describe('a viewer over a pipe', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('ends when its pipe does not come', () => {
    const { heard, viewer } = scene()
    expect(viewer.awaitsPipe).toBe(true)
    vi.advanceTimersByTime(9_999)
    expect(heard.onClose).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(heard.onClose).toHaveBeenCalledWith('no WebSocket within 10 s')
    expect(viewer.awaitsPipe).toBe(false)
  })

  it('is greeted, and sent frames with a header each', () => {
    const { heard, pipe, viewer, frame } = scene()
    viewer.attach(pipe)
    expect(heard.onOpen).toHaveBeenCalledOnce()
    const [hello] = pipe.texts as unknown as { t: string; rtpOffset: number; control: boolean; v: number }[]
    expect(hello).toMatchObject({ t: 'hello', v: 1, viewer: 'viewer-1', track: 'a', control: true })
    viewer.sendFrame(frame())
    viewer.sendFrame(frame({ keyframe: false, captureTime: 1_040, scale: 2, codec: 'vp8' }))
    expect(pipe.texts[1]).toEqual({ t: 'image', width: 64, height: 48 })
    const [first, second] = pipe.frames
    const time = (ticks: number) => (ticks + hello!.rtpOffset) % 2 ** 32
    expect([...first!.subarray(0, 8)]).toEqual([1, 1, 0, 1, 0, 0, 0, 0])
    expect(first!.readUInt32BE(8)).toBe(time(90_000))
    expect(first!.readUInt32BE(12)).toBe(0)
    expect([...first!.subarray(16)]).toEqual([...IDR])
    expect([...second!.subarray(0, 8)]).toEqual([1, 0, 1, 2, 0, 0, 0, 1])
    expect(second!.readUInt32BE(8)).toBe(time(93_600))
  })

  it('gets no frame before a keyframe, nor one time twice', () => {
    const { pipe, viewer, frame } = scene()
    viewer.attach(pipe)
    viewer.sendFrame(frame({ keyframe: false }))
    expect(pipe.frames).toHaveLength(0)
    viewer.sendFrame(frame())
    viewer.sendFrame(frame())
    const [a, b] = pipe.frames.map((bytes) => bytes.readUInt32BE(8))
    expect((b! - a! + 2 ** 32) % 2 ** 32).toBe(1)
  })

  it('is told of a frame before it comes, and of none that does not', () => {
    const { pipe, viewer, frame } = scene()
    viewer.attach(pipe)
    const metadata = new MetadataText('{"n":1}', 7)
    viewer.sendFrame(frame({ keyframe: false, metadata }))
    expect(pipe.texts.some(({ t }) => t === 'meta')).toBe(false)
    viewer.sendFrame(frame({ metadata }))
    expect(JSON.parse(pipe.sent.at(-2) as string)).toEqual({ t: 'meta', time: 90_000, data: { n: 1 } })
    expect(pipe.sent.at(-1)).toBeInstanceOf(Buffer)
    viewer.sendFrame(frame({ metadata, captureTime: 1_010 }))
    expect(JSON.parse(pipe.sent.at(-2) as string)).toEqual({ t: 'again', time: 90_900, of: 90_000 })
  })

  it('passes input on, answers pings, and counts what is neither', () => {
    const { heard, pipe, viewer, frame } = scene()
    viewer.attach(pipe)
    viewer.sendFrame(frame())
    pipe.say({ t: 'control', name: 'a', value: 1 })
    expect(heard.onMessage).toHaveBeenCalledWith({ t: 'control', name: 'a', value: 1 })
    pipe.say({ t: 'ping', id: 7, at: 1 })
    expect(pipe.texts.at(-1)).toMatchObject({ t: 'pong', id: 7, at: 1 })
    pipe.say({ t: 'got', frame: 0 })
    expect(viewer.stats(0).ignoredMessages).toBe(0)
    for (const nonsense of [
      '{',
      'got',
      '[]',
      '{"t":"got"}',
      '{"t":"got","frame":"0"}',
      '{"t":"got","frame":9}',
    ])
      pipe.say(nonsense)
    pipe.events?.onMessage(undefined, 3)
    expect(viewer.stats(0).ignoredMessages).toBe(7)
    expect(viewer.stats(0)).toMatchObject({ transport: 'websocket', codec: 'h264', framesSent: 1 })
    expect(heard.onError).not.toHaveBeenCalled()
  })

  it('asks for a keyframe, but not for one that is on its way', () => {
    const { heard, pipe, viewer, frame } = scene()
    viewer.attach(pipe)
    viewer.sendFrame(frame())
    pipe.say({ t: 'keyframe' })
    expect(heard.onKeyframeNeeded).not.toHaveBeenCalled()
    pipe.say({ t: 'got', frame: 0 })
    pipe.say({ t: 'keyframe' })
    expect(heard.onKeyframeNeeded).toHaveBeenCalledOnce()
    expect(viewer.waitsForKeyframe).toBe(true)
    viewer.sendFrame(frame({ keyframe: false }))
    expect(pipe.frames).toHaveLength(1)
  })

  it('is sent nothing more while it takes nothing, whatever it acknowledges', () => {
    const { pipe, viewer, frame } = scene()
    viewer.attach(pipe)
    const data = Buffer.alloc(50_000)
    for (let number = 0; number < 100; number++) {
      viewer.sendFrame(frame({ data }))
      pipe.say({ t: 'got', frame: number })
      pipe.buffered += data.length
    }
    expect(pipe.buffered).toBeGreaterThan(1024 * 1024)
    expect(pipe.frames.length).toBeLessThan(30)
    expect(viewer.tell({ t: 'rights', control: true })).toBe(false)
  })

  it('loses its word by too much, and its session by going on', () => {
    const { heard, pipe, viewer } = scene()
    viewer.attach(pipe)
    for (let i = 0; i < 1_401; i++) pipe.say({ t: 'ping', id: i, at: 0 })
    expect(heard.onChannelClosed).toHaveBeenCalledOnce()
    expect(heard.onLimit).toHaveBeenCalledOnce()
    expect(pipe.texts.at(-1)).toEqual({ t: 'rights', control: false })
    pipe.say({ t: 'control', name: 'a', value: 1 })
    expect(heard.onMessage).not.toHaveBeenCalled()
    expect(viewer.isOpen).toBe(true)
    for (let i = 0; i < 1_401; i++) pipe.say({ t: 'ping', id: i, at: 0 })
    expect(heard.onClose).toHaveBeenCalledWith('the viewer sent too much')
    expect(pipe.closed).toBeDefined()
  })

  it('ends with its pipe, once, and says goodbye when the server ends it', () => {
    const { heard, pipe, viewer } = scene()
    viewer.attach(pipe)
    pipe.events?.onClose('the viewer left')
    pipe.events?.onClose('the viewer left')
    expect(heard.onClose).toHaveBeenCalledOnce()
    const other = scene()
    other.viewer.attach(other.pipe)
    other.viewer.close('the server was closed', true)
    expect(other.pipe.texts.at(-1)).toEqual({ t: 'bye', reason: 'the server was closed', retry: true })
    expect(other.pipe.closed).toBe('the server was closed')
    expect(other.heard.onClose).not.toHaveBeenCalled()
  })

  it('reports what is thrown on the way of a message, and goes on', () => {
    const { heard, pipe, viewer } = scene()
    viewer.attach(pipe)
    heard.onMessage.mockImplementation(() => {
      throw new Error('no')
    })
    pipe.say({ t: 'control', name: 'a', value: 1 })
    expect(heard.onError).toHaveBeenCalledOnce()
    expect(viewer.isOpen).toBe(true)
  })
})
