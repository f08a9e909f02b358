import { describe, expect, it } from 'vitest'
import { Remarks } from '../../../src/cli/terminal/remarks.js'
import {
  formatStatus,
  formatStatusLines,
  StatusLine,
  statesOf,
  type TrackCounts,
} from '../../../src/cli/terminal/status.js'
import { Terminal } from '../../../src/cli/terminal/terminal.js'

class Stream {
  text = ''
  constructor(
    readonly isTTY: boolean,
    public columns = 80,
    readonly rows = 24,
  ) {}
  write(text: string): void {
    this.text += text
  }
}

const counts = (pushed: number, viewers = 1, dropped = 0): TrackCounts => ({
  name: 'demo',
  pushed,
  viewers,
  dropped,
})

describe('terminal', () => {
  it('keeps results and remarks apart', () => {
    const [out, error] = [new Stream(false), new Stream(false)]
    const terminal = new Terminal(out, error, 'xterm')
    terminal.print('http://127.0.0.1/')
    terminal.note('a remark')
    terminal.warn('a warning')
    terminal.live(['not shown on a pipe'])
    expect(out.text).toBe('http://127.0.0.1/\n')
    expect(error.text).toBe('a remark\nwarning: a warning\n')
  })

  it('writes other lines above the live one', () => {
    const error = new Stream(true)
    const terminal = new Terminal(new Stream(true), error, 'xterm')
    terminal.live(['30 fps'])
    terminal.note('note')
    terminal.live(['31 fps', 'and more'])
    terminal.live([])
    expect(error.text).toBe('30 fps\r\x1b[Jnote\n30 fps\r\x1b[J31 fps\nand more\r\x1b[1A\x1b[J')
  })

  it('takes live lines back that a narrower window has broken', () => {
    const error = new Stream(true)
    const terminal = new Terminal(new Stream(true), error, 'xterm')
    terminal.live(['x'.repeat(70)])
    error.columns = 30
    error.text = ''
    terminal.live(['y'])
    expect(error.text).toBe('\r\x1b[2A\x1b[Jy')
  })

  it('has no live lines where they cannot be taken back', () => {
    const error = new Stream(true)
    const terminal = new Terminal(new Stream(true), error, 'dumb')
    terminal.live(['30 fps'])
    expect([terminal.isLive, error.text]).toEqual([false, ''])
  })

  it('cuts the live line so that it cannot wrap', () => {
    const error = new Stream(true, 20)
    new Terminal(new Stream(true), error, 'xterm').live(['x'.repeat(100)])
    expect(error.text).toBe(`${'x'.repeat(18)}…`)
  })
})

describe('status', () => {
  it('shows rate, viewers and drops', () => {
    const line = (...states: Parameters<typeof statesOf>) => formatStatus(statesOf(...states))
    expect(line([counts(100)], [counts(115, 2, 3)], 500)).toBe('demo 30.0 fps, 2 viewers, 3 dropped')
    expect(line([], [counts(1)], 1000)).toBe('demo 1.0 fps, 1 viewer')
    expect(line([], [counts(1, 0), counts(2)], 0)).toBe('demo 0.0 fps, 0 viewers | demo 0.0 fps, 1 viewer')
    expect(line([], [{ ...counts(1), progress: '0:12/1:20' }], 1000)).toBe(
      'demo 0:12/1:20, 1.0 fps, 1 viewer',
    )
  })

  it('gives each of many tracks a line, and tells the sum of those that have no room', () => {
    const tracks = ['a', 'long', 'b', 'c'].map((name, i) => ({ ...counts(0, i, i), name, fps: 10 }))
    expect(formatStatusLines(tracks, 4)).toEqual([
      'a     10.0 fps, 0 viewers',
      'long  10.0 fps, 1 viewer, 1 dropped',
      'b     10.0 fps, 2 viewers, 2 dropped',
      'c     10.0 fps, 3 viewers, 3 dropped',
    ])
    expect(formatStatusLines(tracks, 3).slice(1)).toEqual([
      'long  10.0 fps, 1 viewer, 1 dropped',
      'and 2 more: 20.0 fps, 5 viewers, 5 dropped',
    ])
    expect(formatStatusLines(tracks, 1)).toEqual(['and 4 more: 40.0 fps, 6 viewers, 6 dropped'])
  })

  it('is one line as long as it fits, then several', () => {
    const error = new Stream(true, 60)
    let tracks = [counts(0)]
    const status = new StatusLine(
      new Terminal(new Stream(true), error, 'xterm'),
      () => tracks,
      () => 0,
    )
    status.update()
    tracks = [counts(0), { ...counts(0), name: 'x'.repeat(30) }]
    status.update()
    expect(error.text.split('\r\x1b[J')).toEqual([
      'demo 0.0 fps, 1 viewer',
      `demo                            0.0 fps, 1 viewer\n${'x'.repeat(30)}  0.0 fps, 1 viewer`,
    ])
  })

  it('counts over two seconds: a slow rate does not jump', () => {
    const error = new Stream(true)
    let now = 0
    const status = new StatusLine(
      new Terminal(new Stream(true), error, 'xterm'),
      () => [counts(Math.floor(now / 1000))],
      () => now,
    )
    const rates: string[] = []
    for (now = 500; now <= 6000; now += 500) {
      error.text = ''
      status.update()
      rates.push(/[\d.]+(?= fps)/.exec(error.text)?.[0] ?? '')
    }
    expect(new Set(rates.slice(3))).toEqual(new Set(['1.0']))
  })

  it('does not repeat a plain line that says the same', () => {
    const error = new Stream(false)
    let now = 0
    const status = new StatusLine(
      new Terminal(new Stream(false), error),
      () => [counts(5, 0)],
      () => now,
    )
    for (let i = 0; i < 5; i++) {
      now += 30_000
      status.update()
    }
    expect(error.text).toBe('demo 0.2 fps, 0 viewers\ndemo 0.0 fps, 0 viewers\n')
  })
})

describe('remarks', () => {
  it('are written at most every five seconds, and counted in between', () => {
    const lines: string[] = []
    let now = 0
    const remarks = new Remarks(
      (line) => lines.push(line),
      () => now,
    )
    for (let i = 0; i < 100; i++) {
      now = i * 100
      remarks.add(`image ${i} is bad`)
    }
    expect(lines).toEqual(['image 0 is bad', 'image 49 is bad (the last of 49 more)', 'image 50 is bad'])
    remarks.flush()
    remarks.flush()
    expect(lines.slice(3)).toEqual(['image 99 is bad (the last of 49 more)'])
    now = 20_000
    remarks.add('again')
    now = 20_100
    remarks.add('once more')
    remarks.flush()
    expect(lines.slice(4)).toEqual(['again', 'once more'])
  })
})
