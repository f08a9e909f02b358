import { open, stat } from 'node:fs/promises'
import { extname } from 'node:path'
import { isDynamicPattern } from 'tinyglobby'
import { sniffEncoded } from '../../image/sniff.js'
import { CliError } from '../errors.js'
import { parseCameraAddress } from './camera/address.js'
import { HttpCamera } from './camera/http-camera.js'
import { LocalCamera } from './camera/local-camera.js'
import { RtspCamera } from './camera/rtsp-camera.js'
import { openFolder, openPattern } from './folder.js'
import { fileError, ImageFile } from './image-file.js'
import { kindOf } from './kind.js'
import type { LiveInput } from './live.js'
import { fileSource, MediaFile } from './media.js'
import { ANIMATION_LENGTH, isAnimated, VIDEO_ENDINGS } from './sniff.js'
import { openStdin, type StdinOptions } from './stream/stdin.js'
import type { Input, PlayOptions, Report } from './types.js'
import { VideoFile } from './video-file.js'
import { WatchedImages } from './watch/watched-images.js'

/** Everything that `serve` can show. */
export type AnyInput = Input | LiveInput

/** What may be told about inputs; each takes what is meant for it. */
export interface InputOptions extends PlayOptions, StdinOptions {
  /** Shows a folder or a file as it is written. */
  readonly watch?: boolean
}

/**
 * Finds out what an argument of `serve` is and opens it far enough to know that it can be shown.
 * Throws a `CliError` that names the argument and the reason.
 */
export async function openInput(argument: string, options: InputOptions, report: Report): Promise<AnyInput> {
  switch (kindOf(argument)) {
    case 'stdin':
      return openStdin(options)
    case 'rtsp':
      return new RtspCamera(parseCameraAddress(argument))
    case 'http':
      return new HttpCamera(parseCameraAddress(argument), options)
    case 'device':
      return LocalCamera.open(argument, options)
    case 'address':
      throw new CliError(`${argument}: expected rtsp://, http:// or https://, or a file`)
    default:
      return openPath(argument, options, report)
  }
}

async function openPath(path: string, options: InputOptions, report: Report): Promise<AnyInput> {
  try {
    if (path === '') throw new CliError('an input must not be empty')
    const watched = options.watch ? await watch(path) : undefined
    if (watched) return watched
    const found = await stat(path).catch((error: unknown) => {
      // a file whose name looks like a pattern is a file: so the disk is asked first
      if (isMissing(error) && isDynamicPattern(path)) return undefined
      throw error
    })
    if (!found) return await openPattern(path, options, report)
    if (found.isDirectory()) return await openFolder(path, options, report)
    if (!found.isFile()) throw new CliError('not a file or a folder')
    return await openFile(path, options, report)
  } catch (error) {
    throw fileError(path || "''", error)
  }
}

async function watch(path: string): Promise<WatchedImages | undefined> {
  return WatchedImages.open(path).catch((error: unknown) => {
    if (isMissing(error) && isDynamicPattern(path))
      throw new CliError('--watch takes a folder or an image file, not a pattern')
    throw error
  })
}

async function openFile(path: string, options: PlayOptions, report: Report): Promise<Input> {
  const head = await readHead(path)
  if (head.length === 0) throw new CliError('is empty')
  // a file of JPEGs one after the other starts like one JPEG; an animation plays
  if (sniffEncoded(head) && !isAnimated(head) && !VIDEO_ENDINGS.has(extname(path).toLowerCase()))
    return new ImageFile(path)
  const media = await MediaFile.open(fileSource(path), 1)
  try {
    if (!(await media.next())) throw new CliError('no image in it can be decoded')
    return (await media.next()) ? new VideoFile(path, media, options, report) : new ImageFile(path)
  } finally {
    await media.close()
  }
}

async function readHead(path: string): Promise<Uint8Array> {
  const file = await open(path)
  try {
    const head = new Uint8Array(ANIMATION_LENGTH)
    const { bytesRead } = await file.read(head, 0, ANIMATION_LENGTH, 0)
    return head.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')
}
