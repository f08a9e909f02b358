import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Child } from '../support/child.js'
import { type HeadlessReceiver, startHeadlessReceiver } from '../support/headless-receiver/index.js'
import type { TrackOptions } from '../support/pixelcast.js'
import type { ServerProcessApi } from '../support/server-process.js'
import { until } from '../support/wait.js'

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

  async join(options: { token?: string; channel?: boolean } = {}): Promise<number> {
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
  beforeAll(async () => {
    scene = await Scene.open({ control: 'anyone' })
  })
  afterAll(() => scene?.close())

  it('arrives in order, whole, with who it was', async () => {
    const viewer = await scene.join()
    const hello = await until('hello', () => scene.last(viewer, 'hello'))
    expect(hello).toMatchObject({ control: true, track: 't' })
    await scene.say(
      viewer,
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
    expect(seen).toEqual(
      [
        { kind: 'key', input: { type: 'down', key: 'A', code: 'KeyA', repeat: false, ...none, shift: true } },
        {
          kind: 'pointer',
          input: {
            type: 'move',
            kind: 'mouse',
            pointer: 1,
            x: 1.25,
            y: 2.5,
            button: -1,
            buttons: 0,
            ...none,
          },
        },
        {
          kind: 'pointer',
          input: {
            type: 'down',
            kind: 'touch',
            pointer: 7,
            x: 3,
            y: 2.5,
            button: 0,
            buttons: 1,
            ...none,
            ctrl: true,
            meta: true,
          },
        },
        { kind: 'wheel', input: { x: 1, y: 2, dx: 0, dy: -120, buttons: 0, ...none, alt: true } },
        { kind: 'key', input: { type: 'up', key: 'A', code: 'KeyA', repeat: false, ...none } },
      ].map((input) => ({ ...input, viewer: hello.viewer, canControl: true })),
    )
  })
})
