import { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { WebSocket } from 'ws'
import { SocketPipe } from '../../../../src/server/socket/socket-pipe.js'

class FakeWebSocket extends EventEmitter {
  readonly OPEN = 1
  readyState = 1
  bufferedAmount = 0
  pings = 0
  terminated = 0
  ping(): void {
    this.pings++
  }
  close(): void {}
  terminate(): void {
    this.terminated++
  }
}

describe('a WebSocket whose other end has fallen silent', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  const scene = () => {
    const webSocket = new FakeWebSocket()
    const pipe = new SocketPipe(webSocket as unknown as WebSocket, new PassThrough())
    const onClose = vi.fn()
    pipe.listen({ onMessage: () => {}, onClose })
    return { webSocket, pipe, onClose }
  }

  it('ends after ten seconds and a little, once', () => {
    const { webSocket, onClose } = scene()
    vi.advanceTimersByTime(9_999)
    expect(onClose).not.toHaveBeenCalled()
    expect(webSocket.pings).toBe(3)
    vi.advanceTimersByTime(3_001)
    expect(onClose).toHaveBeenCalledExactlyOnceWith('nothing was heard for 10 s')
    expect(webSocket.terminated).toBe(1)
    vi.advanceTimersByTime(60_000)
    expect(webSocket.pings).toBe(3)
  })

  it('goes on while it answers, or says something', () => {
    const { webSocket, onClose } = scene()
    for (let time = 0; time < 60; time += 4) {
      vi.advanceTimersByTime(4_000)
      if (time % 8 === 0) webSocket.emit('pong')
      else webSocket.emit('message', Buffer.from('x'), false)
    }
    expect(onClose).not.toHaveBeenCalled()
  })

  it('is cut off when it does not confirm its end', () => {
    const { webSocket, pipe, onClose } = scene()
    pipe.close('enough')
    vi.advanceTimersByTime(1_000)
    expect(webSocket.terminated).toBe(1)
    expect(onClose).not.toHaveBeenCalled()
  })
})
