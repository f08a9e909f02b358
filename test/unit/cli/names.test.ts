import { describe, expect, it } from 'vitest'
import { nameFromFolder, nameFromPath, uniqueNames } from '../../../src/cli/input/names.js'
import { naturalSort } from '../../../src/cli/input/natural-sort.js'

describe('natural order', () => {
  it('orders numbers by value', () => {
    expect(naturalSort(['f10.png', 'f2.png', 'f1.png', 'f100.png'])).toEqual([
      'f1.png',
      'f2.png',
      'f10.png',
      'f100.png',
    ])
  })

  it('compares folders part by part', () => {
    expect(naturalSort(['a-b/1', 'a/2', 'a/10', 'a'])).toEqual(['a', 'a/2', 'a/10', 'a-b/1'])
  })

  it('does not change its argument, and orders equal names the same way whatever came first', () => {
    const paths = ['B.png', 'b.png', 'a.png']
    expect(naturalSort(paths)).toEqual(naturalSort([...paths].reverse()))
    expect(paths).toEqual(['B.png', 'b.png', 'a.png'])
  })

  it('copes with numbers longer than a double holds', () => {
    expect(naturalSort(['x90071992547409931.png', 'x90071992547409930.png'])).toEqual([
      'x90071992547409930.png',
      'x90071992547409931.png',
    ])
  })
})

describe('track names', () => {
  it.each([
    ['/data/vtest.avi', 'vtest'],
    ['my video (1).mp4', 'my-video-1'],
    ['Überflug.mov', 'Uberflug'],
    ['archive.tar.gz', 'archive.tar'],
    ['日本.png', 'images'],
    ['.hidden', 'hidden'],
  ])('makes a name of %s', (path, name) => {
    expect(nameFromPath(path)).toBe(name)
  })

  it('keeps dots in the names of folders', () => {
    expect(nameFromFolder('/runs/run.12/')).toBe('run.12')
    expect(nameFromFolder('/')).toBe('images')
  })

  it('cuts long names', () => {
    expect(nameFromPath(`${'x'.repeat(200)}.png`).length).toBeLessThanOrEqual(48)
  })

  it('tells equal names apart', () => {
    expect(uniqueNames(['cam', 'cam', 'cam'])).toEqual(['cam', 'cam-2', 'cam-3'])
  })

  it('leaves a name alone that looks like a made one', () => {
    expect(uniqueNames(['cam', 'cam', 'cam-2'])).toEqual(['cam', 'cam-3', 'cam-2'])
  })
})
