import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { ImageTrack, RemoteViewer, type TrackCommand, type TrackOptions } from '../../../src/track/index.js'

const viewer = new RemoteViewer('viewer-1', 't', { close: () => {}, stats: async () => undefined })

/** A track whose engine notes what it is told. */
function attached(track = new ImageTrack('t')) {
  const commands: TrackCommand[] = []
  track.attach({
    connect: () => Promise.reject(new Error('no engine')),
    publish: () => Promise.reject(new Error('no engine')),
    send: (command) => commands.push(command),
    remove: async () => {},
  })
  return { track, commands }
}

describe('controls', () => {
  it('are told to the engine when the track is added to a server, and as they change', () => {
    const track = new ImageTrack('t')
    track.addControl({ name: 'a', max: 10 })
    track.addControl({ name: 'b', min: -5, max: 5, value: 1 })
    track.addControl({ name: 'c', max: 1 })
    expect(track.setControl('a', 99.6)).toBe(10)
    expect(track.removeControl('c')).toBe(true)
    expect(track.removeControl('c')).toBe(false)
    const { commands } = attached(track)
    expect(commands.splice(0)).toEqual([
      { do: 'add-control', control: { name: 'a', min: 0, max: 10, value: 10 }, revision: 4 },
      { do: 'add-control', control: { name: 'b', min: -5, max: 5, value: 1 }, revision: 2 },
    ])
    track.setControl('b', -5.5)
    track.removeControl('a')
    expect(commands).toEqual([
      { do: 'set-control', name: 'b', value: -5, revision: 5 },
      { do: 'remove-control', name: 'a' },
    ])
    expect(track.controls).toEqual([{ name: 'b', min: -5, max: 5, value: -5 }])
  })

  it('change their range in their place, with the value held to it', () => {
    const { track, commands } = attached()
    track.addControl({ name: 'a', max: 10, value: 7 })
    track.addControl({ name: 'b', max: 1 })
    commands.length = 0
    expect(track.setControlRange('a', 8, 9)).toBe(8)
    expect(track.setControlRange('a', 2, 20)).toBe(8)
    expect(track.controls).toEqual([
      { name: 'a', min: 2, max: 20, value: 8 },
      { name: 'b', min: 0, max: 1, value: 0 },
    ])
    expect(commands).toEqual([
      { do: 'add-control', control: { name: 'a', min: 8, max: 9, value: 8 }, revision: 3 },
      { do: 'add-control', control: { name: 'a', min: 2, max: 20, value: 8 }, revision: 4 },
    ])
    expect(() => track.setControlRange('a', 5, 4)).toThrow('max: expected a whole number, at least 5, got 4')
    expect(() => track.setControlRange('a', 0.5, 4)).toThrow('min: expected a whole number, got 0.5')
    expect(() => track.setControlRange('c', 0, 4)).toThrow('name: expected the name of a control')
    expect(track.controls[0]).toEqual({ name: 'a', min: 2, max: 20, value: 8 })
  })

  it('follow a viewer, unless the application has set them since', () => {
    const { track } = attached()
    const seen: unknown[] = []
    track.on('control', (change, { id }) => seen.push([change, id, track.getControl('a')]))
    track.addControl({ name: 'a', max: 10 })
    track.receive({ t: 'control', name: 'a', value: 3, revision: 1 }, viewer)
    track.setControl('a', 8)
    track.receive({ t: 'control', name: 'a', value: 4, revision: 1 }, viewer)
    track.receive({ t: 'control', name: 'a', value: 5, revision: 2 }, viewer)
    expect(seen).toEqual([
      [{ name: 'a', value: 3 }, 'viewer-1', 3],
      [{ name: 'a', value: 4 }, 'viewer-1', 8],
      [{ name: 'a', value: 5 }, 'viewer-1', 5],
    ])
    track.removeControl('a')
    track.addControl({ name: 'a', max: 10 })
    track.receive({ t: 'control', name: 'a', value: 9, revision: 2 }, viewer)
    expect(track.getControl('a')).toBe(0)
  })

  it.each<[string, object, string]>([
    ['no name', { max: 1 }, 'name: expected 1 to 64 characters'],
    ['an empty name', { name: '', max: 1 }, 'got ""'],
    ['a long name', { name: 'x'.repeat(65), max: 1 }, 'name: expected'],
    ['a line break', { name: 'a\nb', max: 1 }, 'without control characters'],
    ['a name that is taken', { name: 'taken', max: 1 }, 'name: expected one that no other'],
    ['no max', { name: 'a' }, 'max: expected a whole number, at least 0, got undefined'],
    ['a fraction', { name: 'a', max: 1.5 }, 'max: expected'],
    ['max below min', { name: 'a', min: 2, max: 1 }, 'max: expected a whole number, at least 2, got 1'],
    ['a value outside', { name: 'a', max: 1, value: 2 }, 'value: expected a whole number from 0 to 1, got 2'],
    ['a misspelt option', { name: 'a', max: 1, initial: 2 }, 'initial: expected one of the options'],
  ])('refuse %s', (_, options, message) => {
    const { track, commands } = attached()
    track.addControl({ name: 'taken', max: 1 })
    expect(() => track.addControl(options as never)).toThrow(message)
    expect(commands).toHaveLength(1)
  })

  it('refuse what is not there, and what is no number', () => {
    const { track } = attached()
    expect(() => track.getControl('a')).toThrow('name: expected the name of a control of the track, got "a"')
    track.addControl({ name: 'b', max: 1 })
    expect(() => track.setControl('a', 1)).toThrow('a control of the track: "b", got "a"')
    expect(() => track.setControl('b', Number.NaN)).toThrow('value: expected a number, got NaN')
    expect(() => track.setControl('b', '1' as never)).toThrow('value: expected a number, got "1"')
    expect(track.setControl('b', Number.POSITIVE_INFINITY)).toBe(1)
  })

  it('are 64 at most', () => {
    const { track } = attached()
    for (let i = 0; i < 64; i++) track.addControl({ name: `c${i}`, max: 1 })
    expect(() => track.addControl({ name: 'more', max: 1 })).toThrow('at most 64 controls')
  })
})

describe('selectRectangle', () => {
  const rect = { x: 1, y: 2, width: 3, height: 4 }

  it('asks one question after the other', async () => {
    const { track, commands } = attached()
    const first = track.selectRectangle({ fromCenter: true })
    const second = track.selectRectangle({ crosshair: false })
    expect(commands.splice(0)).toEqual([{ do: 'select', id: 1, crosshair: true, fromCenter: true }])
    track.receive({ t: 'selected', id: 2, rect }, viewer)
    track.receive({ t: 'selected', id: 1, rect }, viewer)
    expect(await first).toEqual({ ...rect, viewer })
    expect(commands).toEqual([{ do: 'select', id: 2, crosshair: false, fromCenter: false }])
    track.receive({ t: 'selected', id: 2 }, viewer)
    expect(await second).toBeUndefined()
  })

  it('asks when the track is added to a server', () => {
    const track = new ImageTrack('t')
    void track.selectRectangle()
    expect(attached(track).commands).toEqual([{ do: 'select', id: 1, crosshair: true, fromCenter: false }])
  })

  it('ends by its signal, asked or not', async () => {
    const { track, commands } = attached()
    const controllers = [new AbortController(), new AbortController(), new AbortController()] as const
    const answers = controllers.map(({ signal }) => track.selectRectangle({ signal }))
    controllers[1].abort()
    expect(await answers[1]).toBeUndefined()
    controllers[0].abort()
    expect(await answers[0]).toBeUndefined()
    expect(commands.map((command) => `${command.do} ${'id' in command && command.id}`)).toEqual([
      'select 1',
      'unselect 1',
      'select 3',
    ])
    track.receive({ t: 'selected', id: 3, rect }, viewer)
    controllers[2].abort()
    expect(await answers[2]).toMatchObject(rect)
    expect(commands).toHaveLength(3)
    expect(await track.selectRectangle({ signal: AbortSignal.abort() })).toBeUndefined()
  })

  it('ends with the track', async () => {
    const { track } = attached()
    const answers = [track.selectRectangle(), track.selectRectangle()]
    await track.close()
    expect(await Promise.all(answers)).toEqual([undefined, undefined])
    expect(await track.selectRectangle()).toBeUndefined()
  })

  it('refuses options that are none', () => {
    const { track } = attached()
    expect(() => track.selectRectangle({ crosshair: 1 as never })).toThrow(
      'crosshair: expected true or false',
    )
    expect(() => track.selectRectangle({ signal: {} as never })).toThrow('signal: expected an AbortSignal')
    expect(() => track.selectRectangle({ cross: true } as never)).toThrow('cross: expected one of')
  })
})

describe('the option control', () => {
  it.each([
    [undefined, 'nobody'],
    ['nobody', 'nobody'],
    ['anyone', 'anyone'],
    ['first', 'first'],
    [{ token: 's3cret' }, 'token'],
  ])('%j', (control, rule) => {
    expect(new ImageTrack('t', { control } as TrackOptions).settings.control).toBe(rule)
  })

  it.each([
    ['everyone', "'anyone', 'first' or { token }, got a text of 8 characters"],
    [true, 'got true'],
    [{}, 'control: expected'],
    [
      { token: 1234567 },
      'control.token: expected 1 to 256 characters: letters, digits, -._~+/, and = at the end, got a number',
    ],
    [{ token: '' }, 'got 0 characters'],
    [{ token: 'my pass word' }, 'got 12 characters, not all of them such'],
  ])('%j is refused', (control, message) => {
    expect(() => new ImageTrack('t', { control } as TrackOptions)).toThrow(message)
  })

  it('keeps the token to itself', () => {
    const { track } = attached(new ImageTrack('t', { control: { token: 'hush-hush' } }))
    for (const shown of [
      inspect(track, { depth: 9, showHidden: true }),
      JSON.stringify(track),
      inspect(track.handle, { depth: 9 }),
    ])
      expect(shown).not.toContain('hush')
    expect(Buffer.from(track.tokenDigest ?? []).toString()).not.toContain('hush')
    expect(() => new ImageTrack('t', { control: { token: 'hush hush' } })).toThrow(
      /^(?!.*hush).*9 characters/,
    )
  })

  it('is overruled by connect, with true or false', async () => {
    const { track } = attached()
    await expect(track.connect('', { control: 1 as never })).rejects.toThrow(
      'control: expected true or false, got 1',
    )
    await expect(track.connect('', { control: true })).rejects.toThrow('no engine')
  })
})
