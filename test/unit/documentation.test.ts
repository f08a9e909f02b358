import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT } from '../support/child.js'
import { findUndocumented, type Undocumented } from '../support/docs/undocumented.js'

const root = ROOT.replace(/\/$/, '')

describe('every exported name has a doc comment, its fields and methods too', () => {
  it('in pixelcast', () => {
    const { seen, missing } = findUndocumented({
      root,
      config: 'tsconfig.json',
      module: 'src/index.ts',
      foreign: ['CanvasLike', 'ImageDataLike', 'MatLike', 'SharpLike', 'VideoFrameLike'],
    })
    expect(seen).toEqual(
      expect.arrayContaining([
        'createServer',
        'ImageTrack.addImage',
        'ImageTrack.from',
        'ServerOptions.port',
        'TrackStats.dropped.full',
        'RemoteViewer.on',
      ]),
    )
    expect(missing).toEqual([])
  })

  it('in pixelcast/highgui', () => {
    const { seen, missing } = findUndocumented({
      root,
      config: 'tsconfig.json',
      module: 'src/highgui/index.ts',
    })
    expect(seen).toEqual(
      expect.arrayContaining(['imshow', 'EVENT_FLAG_LBUTTON', 'HighGui.selectROI', 'HighGuiOptions.port']),
    )
    expect(missing).toEqual([])
  })

  it('in pixelcast/viewer', () => {
    const { seen, missing } = findUndocumented({
      root,
      config: 'src/viewer/tsconfig.json',
      module: 'src/viewer/index.ts',
      // Custom elements, as the HTML standard calls them.
      platform: [
        'observedAttributes',
        'connectedCallback',
        'disconnectedCallback',
        'attributeChangedCallback',
      ],
    })
    expect(seen).toEqual(
      expect.arrayContaining(['Viewer.connect', 'ViewerStats.fps', 'PixelcastViewElement']),
    )
    expect(missing).toEqual([])
  })
})

describe('the check', () => {
  async function check(index: string, other = 'export {}'): Promise<Undocumented> {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'pixelcast-documentation-')))
    try {
      await mkdir(join(folder, 'src'))
      const compilerOptions = { strict: true, target: 'ES2023', module: 'NodeNext', types: [] }
      await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }))
      await writeFile(join(folder, 'src/index.ts'), index)
      await writeFile(join(folder, 'src/other.ts'), other)
      return findUndocumented({
        root: folder,
        config: 'tsconfig.json',
        module: 'src/index.ts',
        foreign: ['Foreign'],
        platform: ['calledByThePlatform'],
      })
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }

  it.each([
    ['a function', 'export function a() {}', ['a']],
    ['a constant', 'export const a = 1', ['a']],
    ['a type', "export type A = 'a' | 'b'", ['A']],
    ['a comment that is none', '// About a.\nexport const a = 1', ['a']],
    ['an empty comment', '/** */\nexport const a = 1', ['a']],
    ['a class', 'export class A {}', ['A']],
    [
      'a field of an interface',
      '/** A. */\nexport interface A {\n b: number\n /** C. */ c: number }',
      ['A.b'],
    ],
    ['a nested field', '/** A. */\nexport interface A {\n /** B. */ b: { c: number } }', ['A.b.c']],
    ['a method', '/** A. */\nexport class A { b() {} }', ['A.b']],
    ['an accessor', '/** A. */\nexport class A { get b() { return 1 } }', ['A.b']],
    ['a static method', '/** A. */\nexport class A { static b() {} }', ['A.b']],
    ['a parameter property', '/** A. */\nexport class A { constructor(readonly b: number) {} }', ['A.b']],
  ])('sees %s', async (_, index, missing) => {
    expect((await check(index)).missing).toEqual(missing)
  })

  it('follows re-exports and base classes', async () => {
    const { missing } = await check(
      "export { A, type B } from './other.js'",
      'class Base { inherited() {} }\nexport class A extends Base {}\nexport interface B {}',
    )
    expect(missing).toEqual(['A', 'A.inherited', 'B'])
  })

  it.each([
    ['comments of all kinds', '/** A. */\nexport class A {\n /** B. */ b = 1\n /** @see A.b */ c() {} }'],
    [
      'what nobody can reach',
      '/** A. */\nexport class A {\n #b = 1\n /** @internal */ c = this.#b\n protected d() {} private e = 1 }',
    ],
    ['what the library has', '/** A. */\nexport class A extends Error {}'],
    ['what is not exported', 'interface Hidden { a: number }\n/** A. */\nexport const a = (b: Hidden) => b'],
    ['the shape of something foreign', '/** As in lib. */\nexport interface Foreign { a: number }'],
    ['what the platform calls', '/** A. */\nexport class A { calledByThePlatform() {} }'],
  ])('is content with %s', async (_, index) => {
    expect((await check(index)).missing).toEqual([])
  })

  it('does not pass over a module that it cannot find', () => {
    expect(() => findUndocumented({ root, config: 'tsconfig.json', module: 'src/none.ts' })).toThrow(
      'src/none.ts',
    )
  })
})
