import { describe, expect, it, vi } from 'vitest'
import { Restarts } from '../../../src/host/restarts.js'

describe('Restarts', () => {
  it('allows five in a minute', () => {
    const restarts = new Restarts()
    expect([0, 1, 2, 3, 4].map((second) => restarts.allow(second * 1000))).toEqual(Array(5).fill(true))
    expect(restarts.allow(59_999)).toBe(false)
    // The first one is over by now; the refused one did not count.
    expect(restarts.allow(60_000)).toBe(true)
    expect(restarts.allow(60_500)).toBe(false)
  })

  it('tries again while the port is still taken', async () => {
    vi.useFakeTimers()
    try {
      const restarts = new Restarts()
      const open = vi.fn().mockRejectedValueOnce(new Error('taken')).mockResolvedValue(8080)
      const heard = { onOpen: vi.fn(), onFailure: vi.fn() }
      restarts.start(open, heard)
      expect(restarts.pending).toBeDefined()
      await vi.runAllTimersAsync()
      expect(open).toHaveBeenCalledTimes(2)
      expect(heard.onOpen).toHaveBeenCalledOnce()
      expect(heard.onFailure).not.toHaveBeenCalled()
      expect(restarts.pending).toBeUndefined()
    } finally {
      vi.useRealTimers()
    }
  })

  it('gives up with the last error, which whoever waits gets as well', async () => {
    vi.useFakeTimers()
    try {
      const restarts = new Restarts()
      const heard = { onOpen: vi.fn(), onFailure: vi.fn() }
      restarts.start(() => Promise.reject(new Error('taken')), heard)
      const waiting = expect(restarts.pending).rejects.toThrow('taken')
      await vi.runAllTimersAsync()
      await waiting
      expect(heard.onFailure).toHaveBeenCalledWith(new Error('taken'))
      expect(heard.onOpen).not.toHaveBeenCalled()
    } finally {
      vi.useRealTimers()
    }
  })
})
