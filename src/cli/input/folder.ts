import { readdir } from 'node:fs/promises'
import { dirname, extname, join } from 'node:path'
import { glob } from 'tinyglobby'
import { CliError } from '../errors.js'
import { loadImage } from './image-file.js'
import { nameFromFolder } from './names.js'
import { naturalSort } from './natural-sort.js'
import { IMAGE_ENDINGS } from './sniff.js'
import type { Input, InputImage, PlayOptions, Report, TimedImage } from './types.js'

/** A slide a second: slow enough to look at, fast enough to see that it moves. */
export const SLIDES_PER_SECOND = 1
/** Up to here there is time to decode every image once more than the engine does, to name those that are damaged. */
const MOST_PROVEN_PER_SECOND = 10

/** The images of a folder or of a pattern, one after the other in natural order. */
export class Slideshow implements Input {
  readonly kind = 'slideshow'
  readonly name: string
  readonly description: string
  readonly #list: () => Promise<string[]>
  readonly #interval: number
  readonly #loop: boolean
  readonly #report: Report
  /** What was reported: a loop comes by the same file again and again. */
  readonly #reported = new Set<string>()
  #progress: string | undefined

  /** `list` is asked again for every pass, so that a loop shows images that were added meanwhile. */
  constructor(
    source: { name: string; count: number; list: () => Promise<string[]> },
    options: PlayOptions,
    report: Report,
  ) {
    const fps = options.fps ?? SLIDES_PER_SECOND
    this.name = source.name
    this.description = `${source.count} ${source.count === 1 ? 'image' : 'images'}, ${fps} a second`
    this.#list = source.list
    this.#interval = 1000 / fps
    this.#loop = options.loop ?? false
    this.#report = report
  }

  get progress(): string | undefined {
    return this.#progress
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<TimedImage> {
    let at = 0
    do {
      let usable = 0
      const paths = await this.#list()
      for (const [index, path] of paths.entries()) {
        // read before its time, and left out without a gap when that fails
        const image = await this.#tryLoad(path)
        if (!image) continue
        usable++
        const load = () => {
          this.#progress = `${index + 1}/${paths.length}`
          return Promise.resolve(image)
        }
        yield { at, load }
        at += this.#interval
      }
      if (usable === 0) throw new CliError(`${this.name}: none of its images can be read`)
    } while (this.#loop)
  }

  async #tryLoad(path: string): Promise<InputImage | undefined> {
    try {
      return await loadImage(path, this.#interval >= 1000 / MOST_PROVEN_PER_SECOND)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      if (!this.#reported.has(reason)) this.#report(`${reason}; left out`)
      this.#reported.add(reason)
      return undefined
    }
  }
}

/** A slideshow of the images directly in a folder; hidden files are left out. */
export async function openFolder(path: string, options: PlayOptions, report: Report): Promise<Slideshow> {
  const list = async () => {
    const entries = await readdir(path, { withFileTypes: true })
    return naturalSort(
      entries
        .filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.'))
        .filter((entry) => IMAGE_ENDINGS.has(extname(entry.name).toLowerCase()))
        .map((entry) => join(path, entry.name)),
    )
  }
  const { length: count } = await list()
  if (count === 0) throw new CliError('no images in this folder')
  return new Slideshow({ name: nameFromFolder(path), count, list }, options, report)
}

/** A slideshow of the files that match a pattern. */
export async function openPattern(pattern: string, options: PlayOptions, report: Report): Promise<Slideshow> {
  const list = async () =>
    naturalSort(await glob(pattern, { onlyFiles: true, expandDirectories: false, followSymbolicLinks: true }))
  const { length: count } = await list()
  if (count === 0) throw new CliError('no file matches this pattern')
  return new Slideshow({ name: patternName(pattern), count, list }, options, report)
}

/** The last part of the path before the first wildcard: `runs/7/*.png` is called `7`. */
function patternName(pattern: string): string {
  const fixed = pattern.slice(0, pattern.search(/[*?[\]{}!()]/))
  const folder = fixed.includes('/') ? dirname(`${fixed}x`) : '.'
  return nameFromFolder(folder)
}
