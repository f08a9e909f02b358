import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fileName, snapshotUrl, trackOfPage, viewUrl, whepUrl } from '../../../src/viewer/urls.js'

describe('addresses', () => {
  it('are relative, so that they hold under any prefix', () => {
    for (const mount of ['http://host/', 'http://host/cams/']) {
      const view = new URL(viewUrl('front'), mount)
      expect(view.href).toBe(`${mount}view/front`)
      expect(new URL(whepUrl('front', '../'), view).href).toBe(`${mount}whep/front`)
      expect(new URL(snapshotUrl('front', 'png', '../'), view).href).toBe(`${mount}tracks/front/snapshot.png`)
    }
  })

  it('carry any name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (name) => {
        // A lone dot is a path of its own (RFC 3986 §5.2.4), no track is called that.
        fc.pre(name !== '.' && name !== '..')
        expect(trackOfPage(new URL(viewUrl(name), 'http://host/').pathname)).toBe(name)
      }),
    )
  })

  it('name the version of a snapshot', () => {
    expect(snapshotUrl('a b', 'jpg', '', 7)).toBe('tracks/a%20b/snapshot.jpg?v=7')
  })

  it('without a name are none', () => {
    expect(trackOfPage('/view/')).toBeUndefined()
    expect(trackOfPage('/view/%E0%A4%A')).toBeUndefined()
  })
})

describe('fileName', () => {
  const now = new Date(2026, 0, 5, 8, 3, 9)

  it('names the track and the time', () => {
    expect(fileName('../whep/front%20camera?codec=vp8', 'png', now)).toBe(
      'front camera 2026-01-05 08.03.09.png',
    )
  })

  it('has nothing that a file system would take for something else', () => {
    expect(fileName('/whep/a%2Fb%3A%5C..', 'webm', now)).toBe('a-b-.. 2026-01-05 08.03.09.webm')
    expect(fileName('/whep/%zz', 'png', now)).toBe('picture 2026-01-05 08.03.09.png')
    expect(fileName('/whep/', 'png', now)).toBe('picture 2026-01-05 08.03.09.png')
  })
})
