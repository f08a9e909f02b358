import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { TrackbarCallback } from '../../../src/highgui/index.js'
import { GRAY, Room } from './support.js'

let room: Room
let onChange: ReturnType<typeof vi.fn<TrackbarCallback>>
beforeEach(() => {
  room = new Room()
  room.gui.imshow('w', GRAY)
  onChange = vi.fn<TrackbarCallback>()
})

/** A viewer moves a trackbar; it knew the value that was set last. */
function move(name: string, value: number): void {
  const last = room.server.commands.findLast(
    (command) =>
      (command.do === 'add-control' && command.control.name === name) ||
      (command.do === 'set-control' && command.name === name),
  )
  const revision = last && 'revision' in last ? last.revision : 0
  room.receive('w', { t: 'control', name, value, revision })
}

const controls = () => room.server.tracks.get('w')?.controls

describe('a trackbar', () => {
  it('goes from 0 to count, and starts within that without a call', () => {
    room.gui.createTrackbar('low', 'w', 7, 100, onChange)
    room.gui.createTrackbar('high', 'w', 500, 100, onChange)
    room.gui.createTrackbar('below', 'w', -5, 100)
    expect(controls()).toEqual([
      { name: 'low', min: 0, max: 100, value: 7 },
      { name: 'high', min: 0, max: 100, value: 100 },
      { name: 'below', min: 0, max: 100, value: 0 },
    ])
    expect(room.gui.getTrackbarPos('low', 'w')).toBe(7)
    expect(onChange).not.toHaveBeenCalled()
  })

  it('tells when a viewer moves it, and knows at once', () => {
    room.gui.createTrackbar('t', 'w', 7, 100, (position) => {
      expect(room.gui.getTrackbarPos('t', 'w')).toBe(position)
      onChange(position)
    })
    move('t', 42)
    move('t', 42)
    move('t', 43)
    expect(onChange.mock.calls).toEqual([[42], [43]])
    move('none', 5)
  })

  it('tells when the program moves it somewhere else', () => {
    room.gui.createTrackbar('t', 'w', 7, 100, onChange)
    room.gui.setTrackbarPos('t', 'w', 7)
    room.gui.setTrackbarPos('t', 'w', 8)
    room.gui.setTrackbarPos('t', 'w', 8)
    room.gui.setTrackbarPos('t', 'w', 1e6)
    expect(onChange.mock.calls).toEqual([[8], [100]])
    expect(room.gui.getTrackbarPos('t', 'w')).toBe(100)
  })

  it('listens to the program rather than to a viewer that had not heard of it', () => {
    room.gui.createTrackbar('t', 'w', 7, 100, onChange)
    room.receive('w', { t: 'control', name: 't', value: 50, revision: 0 })
    expect(onChange).not.toHaveBeenCalled()
    expect(room.gui.getTrackbarPos('t', 'w')).toBe(7)
  })

  it('gets another range, and keeps its place', () => {
    room.gui.createTrackbar('a', 'w', 50, 100, onChange)
    room.gui.createTrackbar('b', 'w', 0, 1)
    room.gui.setTrackbarMax('a', 'w', 40)
    expect(onChange).toHaveBeenLastCalledWith(40)
    // Beyond the greatest: waits for that.
    room.gui.setTrackbarMin('a', 'w', 60)
    expect(room.gui.getTrackbarPos('a', 'w')).toBe(40)
    expect(() => room.gui.setTrackbarPos('a', 'w', 50)).toThrow('one from 60 to 40')
    room.gui.setTrackbarMax('a', 'w', 80)
    expect(onChange).toHaveBeenLastCalledWith(60)
    expect(controls()).toEqual([
      { name: 'a', min: 60, max: 80, value: 60 },
      { name: 'b', min: 0, max: 1, value: 0 },
    ])
    room.gui.createTrackbar('a', 'w', 3, 10, onChange)
    expect(controls()?.[0]).toEqual({ name: 'a', min: 0, max: 10, value: 3 })
    expect(onChange).toHaveBeenCalledTimes(2)
  })

  it('is refused with what was wrong', () => {
    expect(() => room.gui.createTrackbar('t', 'w', 0, 0)).toThrow(
      'count: expected a whole number, at least 1',
    )
    expect(() => room.gui.createTrackbar('t', 'w', 0.5, 10)).toThrow('value: expected a whole number')
    expect(() => room.gui.createTrackbar('t', 'w', 0, 10, 5 as never)).toThrow(
      'onChange: expected a function',
    )
    expect(() => room.gui.createTrackbar('', 'w', 0, 10)).toThrow('name: expected 1 to 64 characters')
    expect(() => room.gui.getTrackbarPos('t', 'w')).toThrow(
      'trackbar: expected the name of a trackbar of the window "w", which has none, got "t"',
    )
    room.gui.createTrackbar('low', 'w', 0, 10)
    room.gui.createTrackbar('high', 'w', 0, 10)
    expect(() => room.gui.setTrackbarPos('t', 'w', 1)).toThrow('which has "low", "high", got "t"')
    expect(() => room.gui.setTrackbarPos('low', 'w', Number.NaN)).toThrow('position: expected a whole number')
    expect(() => room.gui.setTrackbarMax('low', 'w', 0.5)).toThrow('max: expected a whole number')
  })
})
