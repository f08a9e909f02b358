import { stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { monotonicNow } from '../../../common/clock.js'
import { CliError } from '../../errors.js'
import { loadImage } from '../image-file.js'
import type { LiveEnd, LiveInput, LiveTarget } from '../live.js'
import { nameFromFolder, nameFromPath } from '../names.js'
import { Eyes } from './eyes.js'
import { isImageName, listImages, type SeenFile } from './list-images.js'
import { Settling } from './settling.js'
import { Wake } from './wake.js'

/** The system may lose notices (network drives, a full queue): so often (ms) the folder is read all the same. */
const RESCAN = 2000
/** Reading a folder of very many files may take no more than this part of the time. */
const MOST_SCANNING = 1 / 20
/** What was not complete is looked at again after this (ms). */
const RETRY = 100

/**
 * Shows the images of a folder, or one file, as they are written or written again. The newest wins:
 * what was written before the one that is shown is not shown any more.
 */
export class WatchedImages implements LiveInput {
  readonly kind = 'live'
  readonly name: string
  readonly description: string
  readonly #folder: string
  readonly #only: string | undefined

  private constructor(folder: string, only: string | undefined, description: string) {
    this.#folder = folder
    this.#only = only
    this.name = only === undefined ? nameFromFolder(folder) : nameFromPath(only)
    this.description = description
  }

  /**
   * A folder, or an image file; undefined for a file that is no image.
   *
   * @throws what the system says when it is not there
   */
  static async open(path: string): Promise<WatchedImages | undefined> {
    const found = await stat(path)
    if (found.isFile() && isImageName(basename(path)))
      return new WatchedImages(dirname(path), basename(path), 'shown again when written again')
    if (!found.isDirectory()) return undefined
    const { length } = (await listImages(path, undefined)).files
    return new WatchedImages(
      path,
      undefined,
      `watched, ${length} ${length === 1 ? 'image' : 'images'} so far`,
    )
  }

  async run(target: LiveTarget, signal: AbortSignal): Promise<LiveEnd> {
    const settling = new Settling()
    const wake = new Wake(signal)
    const eyes = new Eyes(this.#folder, (name) => {
      const matters = this.#only === undefined ? isImageName(name) : name === this.#only
      if (matters) settling.touch(name)
      if (matters || eyes.lookAgain) wake.now()
    })
    let shown = 0
    let scanAt = 0
    let first = true
    try {
      while (!signal.aborted) {
        const now = monotonicNow()
        if (now >= scanAt || eyes.lookAgain) {
          scanAt = now + (await this.#scan(settling, eyes, target, first))
          first = false
        }
        if (await this.#showNewest(settling, target)) shown++
        const retryAt = settling.isEmpty ? Number.POSITIVE_INFINITY : monotonicNow() + RETRY
        await wake.at(Math.min(scanAt, retryAt))
      }
    } finally {
      eyes.close()
    }
    return { shown }
  }

  /** Reads the whole folder; gives the time (ms) until it has to be read again. */
  async #scan(settling: Settling, eyes: Eyes, target: LiveTarget, first: boolean): Promise<number> {
    const begin = monotonicNow()
    eyes.lookAgain = false
    const { files, identity } = await listImages(this.#folder, this.#only).catch((error: unknown) => {
      if (isGone(error)) return { files: [], identity: undefined }
      throw error
    })
    const remark = eyes.follow(identity, RESCAN)
    if (remark) target.warn(remark)
    // at the start only the last image is of interest
    if (first) for (const file of files.slice(0, -1)) settling.passOver(file)
    for (const file of files) settling.see(file)
    return Math.max(RESCAN, (monotonicNow() - begin) / MOST_SCANNING)
  }

  /** Shows the newest image that is complete; true when there was one. */
  async #showNewest(settling: Settling, target: LiveTarget): Promise<boolean> {
    for (const name of settling.newestFirst()) {
      const file = await look(this.#folder, name, this.#only)
      if (!file) {
        settling.forget(name)
        continue
      }
      const state = settling.see(file, monotonicNow())
      if (state === 'known' || !settling.isWorthReading(name, state)) continue
      try {
        const image = await loadImage(join(this.#folder, name))
        // only of JPEG, PNG and WebP the end can be recognised
        if (!(image instanceof Uint8Array) && state === 'changing') continue
        target.track.addImage(image)
        settling.shown(file)
        return true
      } catch (error) {
        if (state !== 'still') continue
        target.onBadImage(error instanceof CliError ? error : named(join(this.#folder, name), error))
        settling.passOver(file)
      }
    }
    return false
  }
}

async function look(folder: string, name: string, only: string | undefined): Promise<SeenFile | undefined> {
  if (only !== undefined && name !== only) return undefined
  const { files } = await listImages(folder, only, [name]).catch(() => ({ files: [] }))
  return files[0]
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')
}

function named(path: string, error: unknown): CliError {
  return new CliError(`${path}: ${error instanceof Error ? error.message : error}`, undefined, {
    cause: error,
  })
}
