import { describe, expect, it } from 'vitest'
import type { EncodedFrame } from '../../../src/encode/index.js'
import { Outlet, type Receiver } from '../../../src/engine/outlet.js'
import type { PacketizedFrame } from '../../../src/rtp/index.js'

/** Notes what it is sent. */
class Fake implements Receiver {
  backlog = 0
  readonly frames: PacketizedFrame[] = []
  get waitsForKeyframe(): boolean {
    return this.frames.length === 0
  }
  get times(): number[] {
    return this.frames.map(({ captureTime }) => captureTime)
  }
  sendFrame(frame: PacketizedFrame): void {
    this.frames.push(frame)
  }
}

const frame = (captureTime: number, keyframe = false): EncodedFrame => ({
  codec: 'vp8',
  data: new Uint8Array(2_000),
  keyframe,
  captureTime,
  width: 64,
  height: 64,
  scale: 2,
  psnr: undefined,
})

function setUp(count = 0) {
  const outlet = new Outlet<Fake>('vp8', 2)
  const receivers = Array.from({ length: count }, () => new Fake())
  for (const receiver of receivers) outlet.add(receiver, 0)
  return { outlet, receivers }
}

describe('Outlet', () => {
  it('gives all the same packets', () => {
    const { outlet, receivers } = setUp(3)
    outlet.send(frame(1, true), 1)
    outlet.send(frame(2), 2)
    expect(receivers.map(({ times }) => times)).toEqual([
      [1, 2],
      [1, 2],
      [1, 2],
    ])
    expect(receivers[1]!.frames[1]).toBe(receivers[0]!.frames[1])
    expect(receivers[0]!.frames[0]).toMatchObject({ keyframe: true, scale: 2, packets: { length: 2 } })
  })

  it('gives who joins nothing before the next keyframe, and says who came with it', () => {
    const { outlet, receivers } = setUp(1)
    outlet.send(frame(1, true), 1)
    const joining = new Fake()
    outlet.join(joining)
    expect(outlet.send(frame(2), 2)).toEqual([])
    expect(joining.times).toEqual([])
    expect(outlet.send(frame(3, true), 3)).toEqual([joining])
    expect(outlet.send(frame(4), 4)).toEqual([])
    expect(outlet.send(frame(5, true), 5)).toEqual([])
    expect(joining.times).toEqual([3, 4, 5])
    expect(receivers[0]!.times).toEqual([1, 2, 3, 4, 5])
  })

  it('gives who comes right after a keyframe that one and all since, in order', () => {
    const { outlet } = setUp(1)
    outlet.send(frame(1_000, true), 1_000)
    outlet.send(frame(1_100), 1_100)
    outlet.send(frame(1_200), 1_200)
    const newcomer = new Fake()
    outlet.add(newcomer, 1_290)
    outlet.send(frame(1_300), 1_300)
    expect(newcomer.times).toEqual([1_000, 1_100, 1_200, 1_300])
  })

  it('gives who comes later nothing old', () => {
    const { outlet } = setUp(1)
    outlet.send(frame(1_000, true), 1_000)
    outlet.send(frame(1_290), 1_290)
    const late = new Fake()
    outlet.add(late, 1_300)
    expect(late.times).toEqual([])
    // … nor a chain that has lost its end.
    outlet.send(frame(1_310), 1_310)
    const later = new Fake()
    outlet.add(later, 1_200)
    expect(later.times).toEqual([])
  })

  it('sends nothing to who was removed, also while it was joining', () => {
    const { outlet, receivers } = setUp(1)
    const joining = new Fake()
    outlet.join(joining)
    expect(outlet.isEmpty).toBe(false)
    outlet.remove(joining)
    outlet.remove(receivers[0]!)
    expect(outlet.isEmpty).toBe(true)
    expect(outlet.send(frame(1, true), 1)).toEqual([])
    expect([receivers[0]!.times, joining.times]).toEqual([[], []])
  })

  it('is not empty while somebody only waits for its keyframe', () => {
    const { outlet } = setUp()
    expect(outlet.isEmpty).toBe(true)
    outlet.join(new Fake())
    expect(outlet.isEmpty).toBe(false)
  })
})

describe('the backlog', () => {
  const backlogOf = (...backlogs: number[]): number => {
    const { outlet, receivers } = setUp(backlogs.length)
    for (const [i, backlog] of backlogs.entries()) receivers[i]!.backlog = backlog
    return outlet.backlog
  }

  it('is that of who waits least, less a little so that nothing runs dry', () => {
    expect(backlogOf(300, 115, 200)).toBe(100)
  })

  it('is none while somebody can take something', () => {
    expect(backlogOf(300, 0, 200)).toBe(0)
    expect(backlogOf(300, -20)).toBe(0)
  })

  it('is none when it does no harm', () => {
    expect(backlogOf(50)).toBe(0)
    expect(backlogOf(51)).toBe(36)
  })

  it('is none without anybody, and those who join do not count', () => {
    expect(backlogOf()).toBe(0)
    const { outlet, receivers } = setUp(1)
    receivers[0]!.backlog = 115
    outlet.join(new Fake())
    expect(outlet.backlog).toBe(100)
  })

  it('of a rung that has just begun is that of those who come with its keyframe', () => {
    const { outlet, receivers } = setUp(0)
    const [first, second] = [new Fake(), new Fake()]
    outlet.join(first)
    first.backlog = 115
    expect(outlet.backlog).toBe(100)
    outlet.join(second)
    expect(outlet.backlog).toBe(0)
    second.backlog = 115
    const watching = new Fake()
    outlet.add(watching, 0)
    expect(outlet.backlog, 'who watches need not wait for who comes').toBe(0)
    expect(receivers).toEqual([])
  })
})
