import { describe, expect, it } from 'vitest'
import { MetadataText } from '../../../src/common/metadata-text.js'
import { FrameNotes } from '../../../src/engine/frame-notes.js'

function notesOf(send: (text: string) => boolean = () => true) {
  const sent: unknown[] = []
  const notes = new FrameNotes((text) => {
    const taken = send(text)
    if (taken) sent.push(JSON.parse(text))
    return taken
  })
  return { notes, sent }
}

const [first, second] = [new MetadataText('{"n":1}', 7), new MetadataText('2', 1)]

describe('what a viewer is told of frames', () => {
  it('is the metadata of each, once, and nothing of those without', () => {
    const { notes, sent } = notesOf()
    notes.open(0)
    notes.tell(first, 90, 1)
    notes.tell(undefined, 180, 2)
    notes.tell(second, 270, 3)
    expect(sent).toEqual([
      { t: 'meta', time: 90, data: { n: 1 } },
      { t: 'meta', time: 270, data: 2 },
    ])
  })

  it('is short for a frame that shows an image again, but says all of it once a second', () => {
    const { notes, sent } = notesOf()
    notes.open(0)
    for (const now of [0, 33, 999, 1_000, 1_033]) notes.tell(first, now * 90, now)
    expect(sent).toEqual([
      { t: 'meta', time: 0, data: { n: 1 } },
      { t: 'again', time: 2_970, of: 0 },
      { t: 'again', time: 89_910, of: 0 },
      { t: 'meta', time: 90_000, data: { n: 1 } },
      { t: 'again', time: 92_970, of: 90_000 },
    ])
  })

  it('is what is on its screen, when it begins to listen later', () => {
    const { notes, sent } = notesOf()
    notes.tell(second, 90, 1)
    notes.tell(first, 180, 2)
    notes.open(50)
    expect(sent).toEqual([{ t: 'meta', time: 180, data: { n: 1 } }])
    const { notes: others, sent: nothing } = notesOf()
    others.tell(first, 90, 1)
    others.tell(undefined, 180, 2)
    others.open(50)
    expect(nothing).toEqual([])
  })

  it('is left out while there is no room, and never referred to then', () => {
    let room = false
    const { notes, sent } = notesOf(() => room)
    notes.open(0)
    notes.tell(first, 90, 1)
    room = true
    notes.tell(first, 180, 2)
    room = false
    notes.tell(second, 270, 3)
    room = true
    notes.tell(second, 360, 4)
    expect(sent).toEqual([
      { t: 'meta', time: 180, data: { n: 1 } },
      { t: 'meta', time: 360, data: 2 },
    ])
  })

  it('is built once for all viewers of a frame', () => {
    expect(first.message(90)).toBe(first.message(90))
    expect(first.message(91)).toBe('{"t":"meta","time":91,"data":{"n":1}}')
  })
})
