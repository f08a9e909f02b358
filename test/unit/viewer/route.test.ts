import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

// Not literals: the compiler would follow them into code that is written for the DOM.
const viewer = (file: string) => import(new URL(`../../../src/viewer/${file}`, import.meta.url).href)
const { Route } = (await viewer('route.ts')) as {
  Route: new (options: object, handlers: object) => { start(): void; networkChanged(): void }
}
const { WhepError } = (await viewer('whep.ts')) as { WhepError: new (text: string, options: object) => Error }

type Tell = (argument?: unknown) => void
type Handlers = Record<'live' | 'picture' | 'message' | 'quiet' | 'iceServers' | 'lost', Tell>

interface Fake {
  readonly transport: string
  readonly handlers: Handlers
  closed: boolean
}

const NO_PATH = new WhepError('no path', { kind: 'refused', noPath: true })

function setUp(options: object = {}) {
  const opened: Fake[] = []
  const told: string[] = []
  let ready = (): void => {}
  const route = new Route(
    {
      transport: 'auto',
      hasWebRtc: true,
      open: (transport: string, handlers: Handlers) => {
        const fake: Fake = { transport, handlers, closed: false }
        opened.push(fake)
        const close = () => {
          fake.closed = true
        }
        return { transport, start: async () => {}, close }
      },
      ready: () =>
        new Promise<void>((resolve) => {
          ready = resolve
        }),
      ...options,
    },
    {
      shown: ({ transport }: Fake) => told.push(transport),
      picture: () => {},
      message: () => {},
      note: () => {},
      unheard: () => {},
      interrupted: () => told.push('interrupted'),
      lost: ({ message }: Error) => told.push(`lost: ${message}`),
    },
  )
  const names = () => opened.map(({ transport }) => transport)
  const last = (transport: string) => opened.filter((fake) => fake.transport === transport).at(-1) as Fake
  return { route, opened, told, names, last, showPicture: () => ready() }
}

describe('Route', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('asks for no WebSocket where WebRTC is live at once', () => {
    const { route, told, names, last } = setUp()
    route.start()
    vi.advanceTimersByTime(300)
    last('webrtc').handlers.live()
    vi.advanceTimersByTime(60_000)
    expect(names()).toEqual(['webrtc'])
    expect(told).toEqual(['webrtc'])
  })

  it('begins the other way beside it after a second at the latest, and shows what is live first', () => {
    const { route, told, names, last } = setUp()
    route.start()
    vi.advanceTimersByTime(999)
    expect(names()).toEqual(['webrtc'])
    vi.advanceTimersByTime(1)
    expect(names()).toEqual(['webrtc', 'websocket'])
    last('webrtc').handlers.live()
    expect(told).toEqual(['webrtc'])
    expect(last('websocket').closed).toBe(true)
  })

  it.each([
    [20, 500], // a browser needs time as well
    [150, 600],
    [200, 800],
    [600, 400], // never later than a second after the beginning
  ])('begins it sooner when the answer came after %s ms: %s ms after it', (took, wait) => {
    const { route, names, last } = setUp()
    route.start()
    vi.advanceTimersByTime(took)
    last('webrtc').handlers.iceServers([])
    vi.advanceTimersByTime(wait - 1)
    expect(names()).toEqual(['webrtc'])
    vi.advanceTimersByTime(1)
    expect(names()).toEqual(['webrtc', 'websocket'])
  })

  it('waits for nothing after an answer when WebRTC is live, or may not be left', () => {
    const live = setUp()
    live.route.start()
    live.last('webrtc').handlers.iceServers([])
    live.last('webrtc').handlers.live()
    const only = setUp({ transport: 'webrtc' })
    only.route.start()
    only.last('webrtc').handlers.iceServers([])
    vi.advanceTimersByTime(5_000)
    expect([live.names(), only.names()]).toEqual([['webrtc'], ['webrtc']])
  })

  it('does not wait when no path is found before that', () => {
    const { route, told, names, last } = setUp()
    route.start()
    last('webrtc').handlers.lost(NO_PATH)
    expect(names()).toEqual(['webrtc', 'websocket'])
    last('websocket').handlers.live()
    expect(told).toEqual(['websocket'])
  })

  it('tries WebRTC again after 10 s, 20 s, 40 s, and changes when its picture is there', async () => {
    const { route, told, names, last, showPicture } = setUp()
    route.start()
    vi.advanceTimersByTime(1_000)
    last('websocket').handlers.live()
    last('websocket').handlers.message({ t: 'image', width: 2, height: 2 })
    const count = () => names().filter((name) => name === 'webrtc').length
    for (const [index, wait] of [10_000, 20_000, 40_000].entries()) {
      last('webrtc').handlers.lost(NO_PATH)
      vi.advanceTimersByTime(wait - 1)
      expect(count()).toBe(index + 1)
      vi.advanceTimersByTime(1)
      expect(count()).toBe(index + 2)
    }
    last('webrtc').handlers.picture({ attach: () => {} })
    last('webrtc').handlers.live()
    await vi.advanceTimersByTimeAsync(10)
    expect(told).toEqual(['websocket'])
    showPicture()
    await vi.advanceTimersByTimeAsync(10)
    expect(told).toEqual(['websocket', 'webrtc'])
    expect(last('websocket').closed).toBe(true)
  })

  it('tries it at once when the network is another one', () => {
    const { route, names, last } = setUp()
    route.start()
    vi.advanceTimersByTime(1_000)
    last('websocket').handlers.live()
    vi.advanceTimersByTime(2_000)
    const stale = last('webrtc')
    route.networkChanged()
    vi.advanceTimersByTime(0)
    expect(stale.closed).toBe(true)
    expect(names()).toEqual(['webrtc', 'websocket', 'webrtc'])
  })

  it('tries named relays at once, while the WebSocket shows the picture', () => {
    const { route, names, last } = setUp()
    route.start()
    last('webrtc').handlers.iceServers([{ urls: 'turn:127.0.0.1' }])
    vi.advanceTimersByTime(1_000)
    last('websocket').handlers.live()
    last('webrtc').handlers.lost(NO_PATH)
    expect(names()).toEqual(['webrtc', 'websocket', 'webrtc'])
    last('webrtc').handlers.lost(NO_PATH)
    expect(names()).toHaveLength(3)
  })

  it('goes straight to the WebSocket where there is no WebRTC, or it cannot be made', () => {
    const without = setUp({ hasWebRtc: false })
    without.route.start()
    expect(without.names()).toEqual(['websocket'])
    const opened: string[] = []
    const forbidden = setUp({
      open: (transport: string) => {
        opened.push(transport)
        throw new Error('forbidden')
      },
    })
    forbidden.route.start()
    expect(opened).toEqual(['webrtc', 'websocket'])
  })

  it('remembers a server that has no WebSocket, and loses the way as before', () => {
    const { route, told, names, last } = setUp()
    route.start()
    vi.advanceTimersByTime(1_000)
    last('websocket').handlers.lost(new WhepError('none', { kind: 'refused', fatal: true }))
    expect(told).toEqual([])
    last('webrtc').handlers.lost(NO_PATH)
    expect(told).toEqual(['lost: no path'])
    route.start()
    vi.advanceTimersByTime(5_000)
    expect(names()).toEqual(['webrtc', 'websocket', 'webrtc'])
  })

  it('changes over when nothing comes through any more, unless it comes back to life', () => {
    const { route, told, names, last } = setUp()
    route.start()
    last('webrtc').handlers.live()
    last('webrtc').handlers.quiet()
    expect(names()).toEqual(['webrtc', 'websocket'])
    last('webrtc').handlers.message({ t: 'pong', id: 1, at: 0, clock: 0 })
    last('websocket').handlers.live()
    expect(told).toEqual(['webrtc'])
    expect(last('websocket').closed).toBe(true)
    last('webrtc').handlers.quiet()
    last('websocket').handlers.live()
    expect(told).toEqual(['webrtc', 'websocket'])
    expect(last('webrtc').closed).toBe(true)
  })

  it('does not take a server that went away for a network without UDP', () => {
    const { route, told, names, last } = setUp()
    route.start()
    last('webrtc').handlers.live()
    last('webrtc').handlers.lost(new WhepError('went away', { kind: 'absent' }))
    expect(told).toEqual(['webrtc', 'lost: went away'])
    expect(names()).toEqual(['webrtc'])
  })

  it.each([
    ['webrtc', ['webrtc']],
    ['websocket', ['websocket']],
  ] as const)('keeps to %s when told so', (transport, expected) => {
    const { route, names } = setUp({ transport })
    route.start()
    vi.advanceTimersByTime(60_000)
    expect(names()).toEqual(expected)
  })
})
