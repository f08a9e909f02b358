import { describe, expect, it } from 'vitest'
import { Remarks } from '../../../src/cli/terminal/remarks.js'
import { formatStatus, StatusLine, type TrackCounts } from '../../../src/cli/terminal/status.js'
import { Terminal } from '../../../src/cli/terminal/terminal.js'

class Stream {
  text = ''
  constructor(
    readonly isTTY: boolean,
    readonly columns = 80,
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
    const terminal = new Terminal(out, error)
    terminal.print('http://127.0.0.1/')
    terminal.note('a remark')
    terminal.warn('a warning')
    terminal.live('not shown on a pipe')
    expect(out.text).toBe('http://127.0.0.1/\n')
    expect(error.text).toBe('a remark\nwarning: a warning\n')
  })

  it('writes other lines above the live one', () => {
    const error = new Stream(true)
    const terminal = new Terminal(new Stream(true), error)
    terminal.live('30 fps')
    terminal.note('note')
    expect(error.text).toBe('\r\x1b[K30 fps\r\x1b[Knote\n30 fps')
  })

  it('cuts the live line so that it cannot wrap', () => {
    const error = new Stream(true, 20)
    new Terminal(new Stream(true), error).live('x'.repeat(100))
    expect(error.text).toBe(`\r\x1b[K${'x'.repeat(18)}…`)
  })
})

describe('status', () => {
  it('shows rate, viewers and drops', () => {
    expect(formatStatus([counts(100)], [counts(115, 2, 3)], 500)).toBe('demo 30.0 fps, 2 viewers, 3 dropped')
    expect(formatStatus([], [counts(1)], 1000)).toBe('demo 1.0 fps, 1 viewer')
    expect(formatStatus([], [counts(1, 0), counts(2)], 0)).toBe(
      'demo 0.0 fps, 0 viewers | demo 0.0 fps, 1 viewer',
    )
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
