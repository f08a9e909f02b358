import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Child } from '../support/child.js'
import { type HeadlessReceiver, startHeadlessReceiver } from '../support/headless-receiver/index.js'
import type { TrackOptions } from '../support/pixelcast.js'
import type { ServerProcessApi } from '../support/server-process.js'
import { pause, until } from '../support/wait.js'

type Message = Readonly<Record<string, unknown>>

/** A server with one track, and viewers that have data channels. */
class Scene {
  private constructor(
    readonly server: Child<ServerProcessApi>,
    readonly receiver: HeadlessReceiver,
    private readonly url: string,
  ) {}

  static async open(options: TrackOptions): Promise<Scene> {
    const server = await Child.start<ServerProcessApi>('test/support/server-process.ts')
    const url = await server.call('open', { port: 0, track: 't', options })
    await server.call('produce', { width: 64, height: 48, fps: 20 })
    return new Scene(server, await startHeadlessReceiver(), new URL('whep/t', url).href)
  }

  async join(options: { token?: string; channel?: boolean; count?: number } = {}): Promise<number> {
    const request = { url: this.url, count: 1, codec: 'vp8', channel: true, ...options } as const
    const [viewer] = await this.receiver.call('open', request)
    return viewer!
  }

  async heard(viewer: number): Promise<Message[]> {
    return (await this.receiver.call('messages'))[viewer]!.map((text) => JSON.parse(text) as Message)
  }

  /** The last message of a kind that a viewer was sent. */
  async last(viewer: number, t: string): Promise<Message | undefined> {
    return (await this.heard(viewer)).findLast((message) => message.t === t)
  }

  say(viewer: number, ...messages: (Message | string | Uint8Array)[]): Promise<number> {
    return this.receiver.call('say', {
      viewer,
      messages: messages.map((message) =>
        typeof message === 'string' || message instanceof Uint8Array ? message : JSON.stringify(message),
      ),
    })
  }

  /** The server has read what this viewer said before. */
  async settled(viewer: number): Promise<void> {
    const id = Math.floor(Math.random() * 1e9)
    await this.say(viewer, { t: 'ping', id, at: 0 })
    await until('the pong', async () => (await this.heard(viewer)).some((m) => m.t === 'pong' && m.id === id))
  }

  async close(): Promise<void> {
    await this.receiver.kill()
    await this.server.kill()
  }
}

const key = (name: string, type = 'down') => ({
  t: 'key',
  type,
  key: name,
  code: `Key${name.toUpperCase()}`,
  repeat: false,
  mods: 0,
})
const pointer = (x: number, more: object = {}) => ({
  t: 'pointer',
  type: 'move',
  kind: 'mouse',
  id: 1,
  x,
  y: 2.5,
  button: -1,
  buttons: 0,
  mods: 0,
  ...more,
})

describe('what anyone may do', () => {
  let scene: Scene
  let a: number
  let b: number
  let ids: { a: unknown; b: unknown }
  beforeAll(async () => {
    scene = await Scene.open({ control: 'anyone' })
    a = await scene.join()
    b = await scene.join()
    ids = {
      a: (await until('hello', () => scene.last(a, 'hello'))).viewer,
      b: (await until('hello', () => scene.last(b, 'hello'))).viewer,
    }
  })
  afterAll(() => scene?.close())

  it('arrives in order, whole, with who it was', async () => {
    await scene.server.call('countInputs')
    await scene.say(
      a,
      { ...key('A'), mods: 1 },
      pointer(1.25),
      pointer(3, { type: 'down', button: 0, buttons: 1, mods: 10, kind: 'touch', id: 7 }),
      { t: 'wheel', x: 1, y: 2, dx: 0, dy: -120, buttons: 0, mods: 4 },
      key('A', 'up'),
    )
    const seen = await until('all of it', async () => {
      const inputs = await scene.server.call('inputs')
      return inputs.length === 5 && inputs
    })
    const none = { shift: false, ctrl: false, alt: false, meta: false }
    const still = { type: 'move', kind: 'mouse', pointer: 1, y: 2.5, button: -1, buttons: 0, ...none }
    const pressed = { type: 'down', kind: 'touch', pointer: 7, button: 0, buttons: 1 }
    const letter = { key: 'A', code: 'KeyA', repeat: false, ...none }
    expect(seen).toEqual(
      [
        { kind: 'key', input: { type: 'down', ...letter, shift: true } },
        { kind: 'pointer', input: { ...still, x: 1.25 } },
        { kind: 'pointer', input: { ...still, ...pressed, x: 3, ctrl: true, meta: true } },
        { kind: 'wheel', input: { x: 1, y: 2, dx: 0, dy: -120, buttons: 0, turns: 1, ...none, alt: true } },
        { kind: 'key', input: { type: 'up', ...letter } },
      ].map((input) => ({ ...input, viewer: ids.a, canControl: true })),
    )
  })

  it('to a control is seen by the others while the application is busy, and by it afterwards', async () => {
    await scene.server.call('countInputs')
    await scene.server.call('addControl', { name: 'gain', max: 100, value: 5 })
    const state = { name: 'gain', min: 0, max: 100, value: 5 }
    await until('both have it', async () => {
      const lists = [await scene.last(a, 'controls'), await scene.last(b, 'controls')]
      return lists.every((list) => list && JSON.stringify(list.controls) === JSON.stringify([state]))
    })
    const blocked = scene.server.call('block', { ms: 1_500 })
    const start = performance.now()
    await scene.say(a, { t: 'control', name: 'gain', value: 41 }, { t: 'control', name: 'gain', value: 420 })
    const told = await until('the other one is told', async () => {
      const message = await scene.last(b, 'control')
      return message?.value === 100 && message
    })
    expect(told).toEqual({ t: 'control', name: 'gain', value: 100 })
    expect(await until('it is corrected', () => scene.last(a, 'control'))).toEqual(told)
    expect(performance.now() - start, 'before the application could take part').toBeLessThan(1_500)
    await blocked
    const seen = await until('the application sees it', async () => {
      const inputs = await scene.server.call('inputs')
      return inputs.some(({ value }) => value === 100) && inputs
    })
    expect(seen.at(-1)).toEqual({
      kind: 'control',
      input: { name: 'gain', value: 100 },
      viewer: ids.a,
      canControl: true,
      value: 100,
    })
    expect(await scene.server.call('setControl', { name: 'gain', value: 7 })).toBe(7)
    await until('both are told', async () => {
      const messages = [await scene.last(a, 'control'), await scene.last(b, 'control')]
      return messages.every((message) => message?.value === 7)
    })
    const newcomer = await scene.join()
    const list = await until('the list', () => scene.last(newcomer, 'controls'))
    expect(list.controls).toEqual([{ ...state, value: 7 }])
    expect((await scene.heard(newcomer))[0]?.t).toBe('hello')
    await scene.receiver.call('close', { viewers: [newcomer], how: 'both' })
    await until('it is gone', async () => (await scene.server.call('stats')).viewers === 2)
  })

  it('is to choose a rectangle: the first one counts, within the image', async () => {
    const selected = scene.server.call('select', {})
    const asked = await until('both are asked', async () => {
      const questions = [await scene.last(a, 'select'), await scene.last(b, 'select')]
      return questions.every(Boolean) && questions[0]
    })
    expect(asked).toMatchObject({ crosshair: true, fromCenter: false })
    await scene.say(b, { t: 'selected', id: asked.id, rect: { x: 50, y: -4, width: 100, height: 14 } })
    expect(await selected).toEqual({ x: 50, y: 0, width: 14, height: 10, viewer: ids.b })
    expect(await until('the other one is told', () => scene.last(a, 'unselect'))).toEqual({
      t: 'unselect',
      id: asked.id,
    })
    expect(await scene.last(b, 'unselect')).toBeUndefined()

    const declined = scene.server.call('select', {})
    const again = await until('asked again', async () => {
      const question = await scene.last(b, 'select')
      return question?.id !== asked.id && question
    })
    for (const viewer of [a, b]) await scene.say(viewer, { t: 'selected', id: again.id })
    expect(await declined).toBeNull()
    expect(await scene.server.call('select', { abortAfter: 100 })).toBeNull()
  })

  it('is told, once a second, where the time of its frames goes', async () => {
    const { t, ...times } = await until('timing', () => scene.last(a, 'timing'))
    expect(Object.keys(times)).toEqual(['queue', 'convert', 'encode', 'pace'])
    for (const time of Object.values(times)) expect(time).toBeGreaterThanOrEqual(0)
    expect(times.encode).toBeGreaterThan(0)
    const stats = await scene.server.call('viewerStats')
    expect(Object.keys(stats[0]?.timing ?? {})).toEqual(Object.keys(times))
  })

  it('is nothing, when it is no message; and is counted', async () => {
    await scene.server.call('countInputs')
    await scene.say(a, 'null', '{"t":"key"}', 'x'.repeat(4_000), new Uint8Array(100), { t: 'later', v: 2 })
    await scene.settled(a)
    expect((await scene.server.call('viewerStats'))[0]?.ignoredMessages).toBe(5)
    expect(await scene.server.call('inputs')).toEqual([])
  })

  it('waits, bounded, for an application that is busy for seconds: presses all, moves as few as need be', async () => {
    await scene.server.call('countInputs')
    const blocked = scene.server.call('block', { ms: 2_000 })
    await scene.receiver.call('point', { perSecond: 400 })
    for (let i = 0; i < 20; i++) await scene.say(a, key('k'), key('k', 'up'))
    await blocked
    const sent = await scene.receiver.call('point', { perSecond: 0 })
    expect(sent).toBeGreaterThan(1_000)
    await scene.say(a, key('z'))
    // Not the last of all: moves of the others may be on their way still.
    const seen = await until('the last key', async () => {
      const inputs = await scene.server.call('inputs')
      return inputs.some(({ input }) => 'key' in input && input.key === 'z') && inputs
    })
    expect(seen.length).toBeLessThan(sent / 2)
    const pressed = seen.filter(({ input, viewer }) => 'key' in input && viewer === ids.a)
    expect(
      pressed.map(({ input }) => ('key' in input ? `${input.key} ${'type' in input && input.type}` : '')),
    ).toEqual([...Array.from({ length: 20 }, () => ['k down', 'k up']).flat(), 'z down'])
    // Nobody lost its channel by it.
    expect((await scene.receiver.call('stats')).slice(0, 2).map(({ channel }) => channel)).toEqual([
      true,
      true,
    ])
  })

  it('costs it the channel when it is more than waits for a busy application, and nobody else anything', async () => {
    const blocked = scene.server.call('block', { ms: 1_500 })
    // Two seconds' worth at once; every press counts, and none can be left out.
    await scene.say(b, ...Array.from({ length: 900 }, (_, i) => key(`k${i}`)))
    await until('its channel is closed', async () => !(await scene.receiver.call('stats'))[b]!.channel)
    await scene.settled(a)
    await blocked
    const before = await scene.receiver.call('stats')
    await until('video goes on for both', async () => {
      const now = await scene.receiver.call('stats')
      return [a, b].every((viewer) => now[viewer]!.frames > before[viewer]!.frames + 5)
    })
  })
})

describe('who may control', () => {
  it('is the first one, then the next', async () => {
    const scene = await Scene.open({ control: 'first' })
    try {
      const silent = await scene.join({ channel: false })
      const a = await scene.join()
      const b = await scene.join()
      for (const viewer of [b, a]) await scene.say(viewer, key(`of ${viewer}`))
      await scene.settled(a)
      await scene.settled(b)
      await until('the right one is heard', async () => (await scene.server.call('inputs')).length > 0)
      expect((await scene.server.call('inputs')).map(({ input }) => 'key' in input && input.key)).toEqual([
        `of ${a}`,
      ])
      await scene.receiver.call('close', { viewers: [a], how: 'delete' })
      expect(await until('rights', () => scene.last(b, 'rights'))).toEqual({ t: 'rights', control: true })
      await scene.say(b, key('now'))
      await until('it is heard', async () => (await scene.server.call('inputs')).length === 2)
      await scene.receiver.call('close', { viewers: [silent], how: 'both' })
    } finally {
      await scene.close()
    }
  })

  it('is who has the token, which is not to be found anywhere', async () => {
    const token = 'open-sesame'
    const scene = await Scene.open({ control: { token } })
    try {
      const joined = [
        await scene.join({ token }),
        await scene.join({ token: 'open-sesam' }),
        await scene.join(),
      ]
      const hellos = await Promise.all(
        joined.map((viewer) => until('hello', () => scene.last(viewer, 'hello'))),
      )
      expect(hellos.map(({ control }) => control)).toEqual([true, false, false])
      for (const viewer of joined) await scene.say(viewer, key(`k${viewer}`))
      for (const viewer of joined) await scene.settled(viewer)
      await until('one is heard', async () => (await scene.server.call('inputs')).length > 0)
      expect(await scene.server.call('inputs')).toMatchObject([{ input: { key: `k${joined[0]}` } }])
      expect(JSON.stringify(await scene.server.call('viewerStats'))).not.toContain('sesam')
      expect(scene.server.output).not.toContain('sesam')
    } finally {
      await scene.close()
    }
  })
})

describe('two dozen viewers that point', () => {
  it('do not slow the stream', async () => {
    const scene = await Scene.open({ control: 'anyone' })
    try {
      await scene.join({ count: 24 })
      const frames = { still: 0, pointing: 0 }
      const pushed = { still: 0, pointing: 0 }
      await scene.server.call('countInputs')
      let sent = 0
      // In turns: whatever else the machine does meets both.
      for (const how of ['still', 'pointing', 'still', 'pointing', 'still', 'pointing'] as const) {
        await scene.receiver.call('point', { perSecond: how === 'still' ? 0 : 60 })
        await scene.receiver.call('reset')
        const before = await scene.server.call('stats')
        await pause(1_000)
        pushed[how] += (await scene.server.call('stats')).pushed - before.pushed
        frames[how] += Math.min(...(await scene.receiver.call('stats')).map((viewer) => viewer.frames))
        sent += await scene.receiver.call('point', { perSecond: 0 })
      }
      expect(sent).toBeGreaterThan(2_000)
      expect(await scene.server.call('countInputs')).toBeGreaterThan(sent / 4)
      // Counting begins and ends in the middle of things: a frame may be under way each time.
      const share = (how: 'still' | 'pointing') => frames[how] / pushed[how]
      expect(share('pointing')).toBeGreaterThan(0.95 * share('still') - 3 / pushed.pointing)
    } finally {
      await scene.close()
    }
  })
})
