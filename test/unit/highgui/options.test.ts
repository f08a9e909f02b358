import { describe, expect, it } from 'vitest'
import { HighGui, WND_PROP_VISIBLE } from '../../../src/highgui/index.js'
import { accessFor, addressFor } from '../../../src/highgui/options.js'
import { GRAY, Room } from './support.js'

describe('options', () => {
  it.each([
    [{ server: {} }, 'server: expected a PixelcastServer'],
    [{ server: null }, 'server: expected a PixelcastServer'],
    [{ port: -1 }, 'port: expected a whole number from 0 to 65535, got -1'],
    [{ host: 5 }, 'host: expected an address'],
    [{ quiet: 'yes' }, 'quiet: expected true or false'],
    [{ prot: 1 }, 'prot: expected one of the options server, port, host, token, public, quiet, control'],
    [{ token: 'short' }, 'token: expected 8 to 512 letters, digits and -._~+/=, got a text of 5 characters'],
    [{ token: 'long-enough', public: true }, 'public: expected no `token` beside it'],
    [{ server: { addTrack: () => {} }, port: 1 }, 'port: expected nothing beside `server`, got 1'],
  ])('%o is refused', (options, message) => {
    expect(() => new HighGui(options as never)).toThrow(message)
    expect(() => new HighGui().configure(options as never)).toThrow(message)
  })

  it('of the windows are checked when one is made', () => {
    const { gui } = new Room({ control: 'everybody' as never })
    expect(() => gui.imshow('a', GRAY)).toThrow("control: expected 'nobody', 'anyone', 'first' or { token }")
  })

  it('can be changed before the first window', () => {
    const { gui, server } = new Room()
    const other = new Room()
    gui.configure({ server: other.server as never })
    gui.imshow('a', GRAY)
    expect(other.server.tracks.size).toBe(1)
    expect(server.tracks.size).toBe(0)
    expect(() => gui.configure({})).toThrow('configure: expected a call before the first window is made')
  })
})

describe('a server that cannot be started', () => {
  it('is told to who waits and by the next call, and another can be tried', async () => {
    const gui = new HighGui({ host: '203.0.113.1', quiet: true })
    gui.imshow('a', GRAY)
    await expect(gui.waitKey()).rejects.toThrow('expected an address of this machine')
    expect(gui.getWindowProperty('a', WND_PROP_VISIBLE)).toBe(0)
    expect(() => gui.imshow('a', GRAY)).toThrow('expected an address of this machine')
    await expect(gui.serverUrl()).rejects.toThrow('expected an address of this machine')
    const { server } = new Room()
    gui.configure({ server: server as never })
    gui.imshow('a', GRAY)
    expect(server.tracks.get('a')?.stats.pushed).toBe(1)
  })
})

describe('who may watch and press keys', () => {
  it('is everybody on loopback, and else who has the token, which is made if need be', () => {
    expect(accessFor('127.0.0.1', {}, {})).toEqual({ options: {}, fragment: '' })
    expect(accessFor('0.0.0.0', { public: true }, {})).toEqual({ options: { public: true }, fragment: '' })
    const { options, fragment } = accessFor('0.0.0.0', {}, { PIXELCAST_TOKEN: '' })
    const [made] = options.access?.tokens ?? []
    expect(made).toEqual({ token: fragment.slice('#token='.length), rights: ['control'] })
    expect(made?.token).toMatch(/^[\w-]{32}$/)
    expect(accessFor('0.0.0.0', {}, {}).fragment).not.toBe(fragment)
  })

  it('is who has the token that was given, which is not shown again', () => {
    for (const [host, token, environment] of [
      ['127.0.0.1', 'given-one', {}],
      ['0.0.0.0', undefined, { PIXELCAST_TOKEN: 'given-one' }],
    ] as const) {
      const { options, fragment } = accessFor(host, { token }, environment)
      expect([options.access?.tokens?.[0]?.token, fragment]).toEqual(['given-one', ''])
    }
  })
})

describe('the address', () => {
  it('is that of the program, or of the environment, or 127.0.0.1:8080 and what follows', () => {
    expect(addressFor({}, {})).toMatchObject({ host: '127.0.0.1' })
    expect(addressFor({}, { PIXELCAST_PORT: '', PIXELCAST_HOST: '' }).ports.slice(0, 3)).toEqual([
      8080, 8081, 8082,
    ])
    expect(addressFor({}, { PIXELCAST_PORT: '9000', PIXELCAST_HOST: '::' }).ports[1]).toBe(9001)
    expect(addressFor({}, { PIXELCAST_HOST: '::' }).host).toBe('::')
    expect(addressFor({ host: '127.0.0.2' }, { PIXELCAST_HOST: '::' }).host).toBe('127.0.0.2')
    expect(addressFor({}, { PIXELCAST_PORT: '0' }).ports).toEqual([0])
    expect(addressFor({}, { PIXELCAST_PORT: '65534' }).ports).toEqual([65_534, 65_535])
    expect(addressFor({ port: 7000 }, { PIXELCAST_PORT: '9000' }).ports).toEqual([7000])
  })

  it('of the environment has to be one', () => {
    for (const PIXELCAST_PORT of ['http', '70000', '1.5', '-1'])
      expect(() => addressFor({}, { PIXELCAST_PORT })).toThrow('PIXELCAST_PORT: expected a whole number')
  })
})
