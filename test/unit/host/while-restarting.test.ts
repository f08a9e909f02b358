import { describe, expect, it, vi } from 'vitest'
import { EngineError } from '../../../src/common/errors.js'
import { Publications } from '../../../src/host/publications.js'
import { Restarts } from '../../../src/host/restarts.js'
import { ServerAccess } from '../../../src/host/server-access.js'

const REQUEST = { method: 'PUT', url: 'http://h/tracks/a/image', headers: {} }
const AGAIN = { status: 503, headers: { 'Retry-After': '1' } }

/** An engine that is away: calls fail until it is back. */
class AwayEngine {
  readonly restarts = new Restarts()
  readonly calls: string[] = []
  isThere = false
  back: () => void = () => {}
  readonly #back = new Promise<void>((resolve) => {
    this.back = resolve
  })

  async call(name: string): Promise<never> {
    this.calls.push(name)
    if (!this.isThere) throw new EngineError('the engine failed')
    return undefined as never
  }

  /** Begins to open it. */
  restart(): void {
    this.restarts.start(() => this.#back, {
      onOpen: () => {
        this.isThere = true
        this.publications.reopen()
      },
      onFailure: () => {},
    })
  }

  /** Begins to open it, in vain. */
  restartInVain(): void {
    const taken = () => Promise.reject(new Error('the port is taken'))
    this.restarts.start(taken, { onOpen: () => {}, onFailure: () => {} })
  }

  readonly access = new ServerAccess(
    this,
    () => 1,
    this.restarts,
    { asked: ['publish'], tokens: [] } as never,
    undefined,
    () => {},
  )
  readonly publications = new Publications(this, () => 1, this.restarts)
}

describe('while the engine is started again', () => {
  it('senders through the own web server wait for it', async () => {
    const engine = new AwayEngine()
    engine.restart()
    const asked = engine.access.require(REQUEST, 'a', 'publish')
    engine.back()
    await expect(asked).resolves.toBeUndefined()
    expect(engine.calls).toEqual(['requireAccess'])
  })

  it('those who had asked it, or wait in vain, are told to come back', async () => {
    const engine = new AwayEngine()
    const asked = engine.access.require(REQUEST, 'a', 'publish')
    engine.restart()
    await expect(asked).rejects.toMatchObject(AGAIN)
    vi.useFakeTimers()
    try {
      const hopeless = new AwayEngine()
      hopeless.restartInVain()
      const told = expect(hopeless.access.require(REQUEST, 'a', 'publish')).rejects.toMatchObject(AGAIN)
      const published = expect(hopeless.publications.start('a', {} as never)).rejects.toThrow(EngineError)
      await vi.runAllTimersAsync()
      await Promise.all([told, published])
      expect(hopeless.calls).toEqual([])
    } finally {
      vi.useRealTimers()
    }
  })

  it('an engine that is not started again is no reason to come back', async () => {
    await expect(new AwayEngine().access.require(REQUEST, 'a', 'publish')).rejects.toThrow(EngineError)
  })

  it('a track is published once, when it is there', async () => {
    const engine = new AwayEngine()
    engine.restart()
    const started = engine.publications.start('a', { url: 'http://h/whip' } as never)
    engine.back()
    await vi.waitFor(() => expect(engine.calls).toEqual(['publish']))
    engine.publications.follow(1, { state: 'connected' })
    await started
    expect(engine.calls).toEqual(['publish'])
  })
})
