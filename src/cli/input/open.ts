import { open, stat } from 'node:fs/promises'
import { extname } from 'node:path'
import { isDynamicPattern } from 'tinyglobby'
import { CliError } from '../errors.js'
import { openFolder, openPattern } from './folder.js'
import { fileError, ImageFile } from './image-file.js'
import { MediaFile } from './media.js'
import { SNIFF_LENGTH, sniffEncoded, VIDEO_ENDINGS } from './sniff.js'
import type { Input, PlayOptions, Report } from './types.js'
import { VideoFile } from './video-file.js'

/**
 * Finds out what an argument of `serve` is and opens it far enough to know that it can be shown.
 * Throws a `CliError` that names the argument and the reason.
 */
export async function openInput(argument: string, options: PlayOptions, report: Report): Promise<Input> {
  try {
    if (argument === '') throw new CliError('an input must not be empty')
    if (/^[a-z][a-z0-9+.-]+:\/\//i.test(argument))
      throw new CliError('only files can be shown, not addresses')
    const found = await stat(argument).catch((error: unknown) => {
      // a file whose name looks like a pattern is a file: so the disk is asked first
      if (isMissing(error) && isDynamicPattern(argument)) return undefined
      throw error
    })
    if (!found) return await openPattern(argument, options, report)
    if (found.isDirectory()) return await openFolder(argument, options, report)
    if (!found.isFile()) throw new CliError('not a file or a folder')
    return await openFile(argument, options, report)
  } catch (error) {
    throw fileError(argument || "''", error)
  }
}

async function openFile(path: string, options: PlayOptions, report: Report): Promise<Input> {
  const head = await readHead(path)
  if (head.length === 0) throw new CliError('is empty')
  // a file of JPEGs one after the other starts like one JPEG
  if (sniffEncoded(head) && !VIDEO_ENDINGS.has(extname(path).toLowerCase())) return new ImageFile(path)
  const media = await MediaFile.open(path, 1)
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
    const head = new Uint8Array(SNIFF_LENGTH)
    const { bytesRead } = await file.read(head, 0, SNIFF_LENGTH, 0)
    return head.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')
}
