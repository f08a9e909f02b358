import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ServerMessage, ViewerMessage } from '../../../src/common/channel-protocol.js'
import { Backchannel, type Participant } from '../../../src/engine/backchannel.js'
import type { InputMessage } from '../../../src/track/index.js'

class Fake implements Participant {
  readonly identity: { readonly id: string }
  readonly told: (ServerMessage | { t: 'hello'; control: boolean })[] = []
  isClogged = false
  constructor(
    id: string,
    private readonly closed: (viewer: Fake) => void = () => {},
  ) {
    this.identity = { id }
  }
  greet(control: boolean): void {
    this.told.push({ t: 'hello', control })
  }
  tell(message: ServerMessage): boolean {
    if (!this.isClogged) this.told.push(message)
    return !this.isClogged
  }
  closeChannel(): void {
    this.closed(this)
  }
  /** What it was told since the last call. */
  news(): unknown[] {
    return this.told.splice(0)
  }
}

type Rule = 'nobody' | 'anyone' | 'first' | 'token'

function setUp(rule: Rule, ...ids: string[]) {
  const inputs: [string, InputMessage][] = []
  const rights: [string, boolean][] = []
  const state = {
    takes: true,
    size: { width: 100, height: 80 } as { width: number; height: number } | undefined,
  }
  const backchannel = new Backchannel(
    { control: rule },
    {
      onInput: (viewer, message) => {
        if (state.takes) inputs.push([viewer, message])
        return state.takes
      },
      onRights: (viewer, canControl) => rights.push([viewer, canControl]),
      size: () => state.size,
    },
  )
  const join = (id: string, ruling?: boolean) => {
    const viewer = new Fake(id, (closed) => backchannel.leave(closed))
    backchannel.join(viewer, ruling)
    return viewer
  }
  const viewers = ids.map((id) => join(id))
  return { backchannel, join, viewers, inputs, rights, state }
}

type Said = Exclude<ViewerMessage, { t: 'ping' }>
const KEY: Said = { t: 'key', type: 'down', key: 'a', code: 'KeyA', repeat: false, mods: 0 }
const GAIN = { name: 'gain', min: 0, max: 10, value: 5 }
const addGain = (backchannel: Backchannel) =>
  backchannel.command({ do: 'add-control', control: GAIN, revision: 1 })

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'hrtime'] })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('who is listened to', () => {
  it('is who has the right, from hello until it leaves', () => {
    const { backchannel, viewers, inputs, rights } = setUp('first', 'a', 'b')
    const [a, b] = viewers as [Fake, Fake]
    expect([a.news(), b.news()]).toEqual([[{ t: 'hello', control: true }], [{ t: 'hello', control: false }]])
    for (const viewer of [a, b]) backchannel.receive(viewer, KEY)
    expect(inputs).toEqual([['a', KEY]])
    backchannel.leave(a)
    backchannel.leave(a)
    expect(b.news()).toEqual([{ t: 'rights', control: true }])
    for (const viewer of [a, b]) backchannel.receive(viewer, KEY)
    expect(inputs.map(([viewer]) => viewer)).toEqual(['a', 'b'])
    expect(rights).toEqual([
      ['a', true],
      ['a', false],
      ['b', true],
    ])
  })

  it('does not include who was too much: its channel is closed, and the next one has the right', () => {
    const { backchannel, viewers, state, inputs } = setUp('first', 'a', 'b')
    const [a, b] = viewers as [Fake, Fake]
    state.takes = false
    backchannel.receive(a, KEY)
    state.takes = true
    backchannel.receive(a, KEY)
    expect(inputs).toEqual([])
    expect(b.news().at(-1)).toEqual({ t: 'rights', control: true })
  })
})

describe('controls', () => {
  it('are told to those who are there, and to those who come', () => {
    const { backchannel, viewers, join } = setUp('nobody', 'a')
    expect(viewers[0]?.news()).toEqual([{ t: 'hello', control: false }])
    addGain(backchannel)
    expect(viewers[0]?.news()).toEqual([{ t: 'controls', controls: [GAIN] }])
    expect(join('b').news()).toEqual([
      { t: 'hello', control: false },
      { t: 'controls', controls: [GAIN] },
    ])
    vi.advanceTimersByTime(100)
    backchannel.command({ do: 'remove-control', name: 'gain' })
    expect(viewers[0]?.news()).toEqual([{ t: 'controls', controls: [] }])
  })

  it('that a viewer moves are told to the others at once, and to the application', () => {
    const { backchannel, viewers, inputs } = setUp('anyone', 'a', 'b')
    const [a, b] = viewers as [Fake, Fake]
    addGain(backchannel)
    vi.advanceTimersByTime(5_000)
    for (const viewer of [a, b]) viewer.news()
    backchannel.receive(a, { t: 'control', name: 'gain', value: 7 })
    expect([a.news(), b.news()]).toEqual([[], [{ t: 'control', name: 'gain', value: 7 }]])
    expect(inputs).toEqual([['a', { t: 'control', name: 'gain', value: 7, revision: 1 }]])
    // Not a change, and nobody's news.
    backchannel.receive(a, { t: 'control', name: 'gain', value: 7 })
    backchannel.receive(a, { t: 'control', name: 'none', value: 7 })
    vi.advanceTimersByTime(100)
    expect([inputs.length, b.news()]).toEqual([1, []])
    backchannel.receive(a, { t: 'control', name: 'gain', value: 70.2 })
    expect(inputs[1]).toEqual(['a', { t: 'control', name: 'gain', value: 10, revision: 1 }])
    expect([a.news(), b.news()]).toEqual([
      [{ t: 'control', name: 'gain', value: 10 }],
      [{ t: 'control', name: 'gain', value: 10 }],
    ])
  })

  it('that are not taken are not moved', () => {
    const { backchannel, viewers, state, join } = setUp('anyone', 'a')
    addGain(backchannel)
    state.takes = false
    backchannel.receive(viewers[0]!, { t: 'control', name: 'gain', value: 7 })
    expect(join('b').news()).toContainEqual({ t: 'controls', controls: [GAIN] })
  })

  it('that move fast are told now and then, in the end as they are', () => {
    const { backchannel, viewers } = setUp('anyone', ...Array.from({ length: 200 }, (_, i) => `v${i}`))
    addGain(backchannel)
    vi.advanceTimersByTime(5_000)
    for (const viewer of viewers) viewer.news()
    for (let i = 0; i < 1_000; i++) {
      backchannel.receive(viewers[0]!, { t: 'control', name: 'gain', value: i % 10 })
      vi.advanceTimersByTime(1)
    }
    vi.advanceTimersByTime(100)
    const news = viewers[1]!.news()
    // Two hundred at 0.1 ms: every 20 ms.
    expect(news.length).toBeGreaterThan(30)
    expect(news.length).toBeLessThan(60)
    expect(news.at(-1)).toEqual({ t: 'control', name: 'gain', value: 9 })
  })

  it('that change all at once are told in one message', () => {
    const { backchannel, viewers } = setUp('anyone', 'a')
    for (let i = 0; i < 64; i++)
      backchannel.command({ do: 'add-control', control: { ...GAIN, name: `c${i}` }, revision: i })
    vi.advanceTimersByTime(100)
    expect(viewers[0]!.news()).toHaveLength(3) // hello, the first one, all
    for (let i = 0; i < 64; i++)
      backchannel.command({ do: 'set-control', name: `c${i}`, value: 1, revision: 99 })
    vi.advanceTimersByTime(100)
    expect(viewers[0]!.news().map((message) => (message as ServerMessage).t)).toEqual(['control', 'controls'])
  })

  it('reach who did not read for a while', () => {
    const { backchannel, viewers } = setUp('first', 'gone', 'a')
    const [gone, a] = viewers as [Fake, Fake]
    a.news()
    a.isClogged = true
    addGain(backchannel)
    backchannel.leave(gone)
    backchannel.tick()
    expect(a.news()).toEqual([])
    a.isClogged = false
    backchannel.tick()
    expect(a.news()).toEqual([
      { t: 'rights', control: true },
      { t: 'controls', controls: [GAIN] },
    ])
    backchannel.tick()
    expect(a.news()).toEqual([])
  })
})

describe('the question for a rectangle', () => {
  const SELECT = { do: 'select', id: 1, crosshair: true, fromCenter: false } as const
  const ask = { t: 'select', id: 1, crosshair: true, fromCenter: false }
  const answer = (x: number, y: number, width: number, height: number, id = 1): Said => ({
    t: 'selected',
    id,
    rect: { x, y, width, height },
  })

  function asked() {
    const scene = setUp('anyone', 'a', 'b')
    const watcher = scene.join('watcher', false)
    for (const viewer of [...scene.viewers, watcher]) viewer.news()
    scene.backchannel.command(SELECT)
    return { ...scene, watcher, a: scene.viewers[0]!, b: scene.viewers[1]! }
  }

  it('goes to those who may control, and to those who come', () => {
    const { a, b, watcher, join } = asked()
    expect([a.news(), b.news(), watcher.news()]).toEqual([[ask], [ask], []])
    expect(join('c').news()).toEqual([{ t: 'hello', control: true }, ask])
  })

  it('is settled by the first answer, and the others are told', () => {
    const { backchannel, a, b, watcher, inputs } = asked()
    for (const viewer of [a, b]) viewer.news()
    backchannel.receive(watcher, answer(1, 1, 1, 1))
    backchannel.receive(a, answer(1, 1, 1, 1, 2))
    backchannel.receive(b, answer(90, -5, 20, 15))
    backchannel.receive(a, answer(1, 1, 1, 1))
    expect(inputs).toEqual([['b', { t: 'selected', id: 1, rect: { x: 90, y: 0, width: 10, height: 10 } }]])
    expect([a.news(), b.news(), watcher.news()]).toEqual([[{ t: 'unselect', id: 1 }], [], []])
  })

  it.each<[string, Said]>([
    ['nothing', { t: 'selected', id: 1 }],
    ['a click', answer(5, 5, 0, 0)],
    ['what lies outside', answer(100, 0, 5, 5)],
  ])('is declined by %s, when all have', (_, no) => {
    const { backchannel, a, b, inputs } = asked()
    backchannel.receive(a, no)
    expect(inputs).toEqual([])
    backchannel.receive(b, no)
    expect(inputs).toEqual([['b', { t: 'selected', id: 1 }]])
    expect([a.news().at(-1), b.news().at(-1)]).toEqual([
      { t: 'unselect', id: 1 },
      { t: 'unselect', id: 1 },
    ])
  })

  it('is declined when the last one who has not declined leaves', () => {
    const { backchannel, a, b, inputs } = asked()
    backchannel.receive(a, { t: 'selected', id: 1 })
    backchannel.leave(b)
    expect(inputs).toEqual([['b', { t: 'selected', id: 1 }]])
  })

  it('asks who has declined, left and come back once more', () => {
    const { backchannel, a, b, inputs } = asked()
    backchannel.receive(a, { t: 'selected', id: 1 })
    backchannel.leave(a)
    backchannel.join(a, undefined)
    expect(a.news().at(-1)).toEqual(ask)
    backchannel.receive(b, { t: 'selected', id: 1 })
    expect(inputs).toEqual([])
    backchannel.receive(a, { t: 'selected', id: 1 })
    expect(inputs).toEqual([['a', { t: 'selected', id: 1 }]])
  })

  it('waits while nobody is there', () => {
    const { backchannel, a, b, inputs, join } = asked()
    for (const viewer of [a, b]) backchannel.leave(viewer)
    expect(inputs).toEqual([])
    const c = join('c')
    expect(c.news().at(-1)).toEqual(ask)
    backchannel.command({ do: 'unselect', id: 1 })
    expect(c.news()).toEqual([{ t: 'unselect', id: 1 }])
  })

  it('passes with the right to the next one', () => {
    const { backchannel, viewers } = setUp('first', 'a', 'b')
    backchannel.command(SELECT)
    backchannel.leave(viewers[0]!)
    expect(viewers[1]!.news().slice(1)).toEqual([{ t: 'rights', control: true }, ask])
  })
})
