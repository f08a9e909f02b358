import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FrameNotes } from '../../../src/viewer/frame-notes.js'

const meta = (time: number, data: unknown) => JSON.stringify({ t: 'meta', time, data })
const again = (time: number, of: number) => JSON.stringify({ t: 'again', time, of })

function notesOf(...messages: unknown[]): FrameNotes {
  const notes = new FrameNotes()
  for (const message of messages) notes.receive(message)
  return notes
}

describe('a frame', () => {
  it('has the metadata of its RTP time', () => {
    const notes = notesOf(meta(90_000, 'a'), meta(93_000, 'b'))
    expect(notes.find(90_000, 0)).toEqual({ data: 'a', time: 90_000 })
    expect(notes.find(93_007, 7)).toEqual({ data: 'b', time: 93_000 })
    expect(notes.find(96_000, 0)).toBeUndefined()
  })

  it('has it across the wraps of RTP time and of its offset', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 40), fc.nat(2 ** 32 - 1), (time, offset) => {
        expect(notesOf(meta(time, 1)).find((time + offset) % 2 ** 32, offset)).toEqual({ data: 1, time })
      }),
    )
  })

  it('has the nearest of what is within a millisecond, in a browser that does not count ticks', () => {
    const notes = notesOf(meta(90_000, 'a'), meta(90_100, 'b'))
    expect(notes.find(89_910, 0)?.data).toBe('a')
    expect(notes.find(90_049, 0)?.data).toBe('a')
    expect(notes.find(90_051, 0)?.data).toBe('b')
    expect(notes.find(90_191, 0)).toBeUndefined()
  })

  it('has nothing of its neighbour’s, once the browser has been seen to count ticks', () => {
    const notes = notesOf(meta(90_000, 'a'), meta(93_000, 'b'))
    expect(notes.find(90_000, 0)?.data).toBe('a')
    expect(notes.find(93_001, 0)).toBeUndefined()
    expect(notes.find(93_000, 0)?.data).toBe('b')
  })

  it('that shows an image again has its metadata, in whichever order the messages come', () => {
    for (const messages of [
      [meta(90, 'a'), again(3_090, 90)],
      [again(3_090, 90), meta(90, 'a')],
    ])
      expect(notesOf(...messages).find(3_090, 0)).toEqual({ data: 'a', time: 3_090 })
    expect(notesOf(again(3_090, 90)).find(3_090, 0)).toBeUndefined()
    // A reference to a reference, or to itself, leads nowhere.
    expect(notesOf(again(3_090, 3_090)).find(3_090, 0)).toBeUndefined()
  })

  it('may have null, which is not nothing', () => {
    expect(notesOf(meta(1, null)).find(1, 0)).toEqual({ data: null, time: 1 })
  })
})

describe('what is kept', () => {
  it('has an end, in messages and in bytes', () => {
    const many = new FrameNotes()
    for (let i = 0; i < 10_000; i++) many.receive(meta(i * 3_000, i))
    expect(many.find(9_999 * 3_000, 0)?.data).toBe(9_999)
    expect(many.find(9_500 * 3_000, 0)?.data).toBe(9_500)
    expect(many.find(9_000 * 3_000, 0)).toBeUndefined()
    const large = new FrameNotes()
    for (let i = 0; i < 200; i++) large.receive(meta(i * 3_000, 'x'.repeat(65_000)))
    expect(large.find(199 * 3_000, 0)).toBeDefined()
    expect(large.find(100 * 3_000, 0)).toBeDefined()
    expect(large.find(50 * 3_000, 0)).toBeUndefined()
  })

  it('is the last word about a frame', () => {
    const notes = notesOf(meta(90, 'a'), meta(90, 'b'))
    expect(notes.find(90, 0)?.data).toBe('b')
  })

  it('is nothing of nonsense', () => {
    const notes = new FrameNotes()
    for (const text of [
      '',
      '{',
      'null',
      '3',
      '[]',
      '{}',
      '{"t":"meta"}',
      '{"t":"meta","time":"1","data":2}',
      '{"t":"meta","time":1e999,"data":2}',
      '{"t":"again","time":1}',
      '{"t":"again","time":1,"of":null}',
      '{"t":"other","time":1,"data":2}',
      new Uint8Array(3),
      undefined,
    ])
      notes.receive(text)
    expect(notes.isEmpty).toBe(true)
  })
})
