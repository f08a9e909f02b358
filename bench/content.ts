import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, open, rename, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import {
  grainyTexture,
  movingTexture,
  naturalStill,
  patches,
  type RgbaImage,
} from '../test/support/images.js'
import { CACHE, ROOT } from './support/bundle.mjs'

/** What the images show. Codecs behave differently on each. */
export type Content =
  /** A nearly still screen: text and gradients, on which a pointer moves and a caret blinks. */
  | 'screen'
  /** Pedestrians, from a real camera. */
  | 'video'
  /** A texture that slides under grain: as hard as cameras in the dark get. */
  | 'motion'
  /** The texture without the grain: needs bits, and can be shown well. */
  | 'texture'
  /** One image that never changes. */
  | 'still'
  /** 24 flat colours. */
  | 'patches'

export interface Reel {
  readonly file: string
  readonly width: number
  readonly height: number
  readonly frames: number
}

/** To be raised when the makers below change: reels of other versions are made anew. */
const VERSION = 1
const FRAMES: Record<Content, number> = {
  screen: 16,
  video: 30,
  motion: 16,
  texture: 16,
  still: 1,
  patches: 1,
}
const POINTER = 14

/** Why a content cannot be had here; undefined when it can. */
export function missingContent(content: Content): string | undefined {
  if (content !== 'video') return undefined
  if (!existsSync(videoFile())) return 'there is no vtest.avi (set PIXELCAST_TEST_VIDEO)'
  if (spawnSync('ffmpeg', ['-version'], { stdio: 'ignore' }).status !== 0) return 'there is no ffmpeg'
  return undefined
}

/** The frames of a content as a file of raw RGBA that every system reads. Made once, kept in .cache. */
export async function reel(content: Content, width: number, height: number): Promise<Reel> {
  const frames = FRAMES[content]
  const file = join(CACHE, 'reels', `${content}-${width}x${height}-v${VERSION}.rgba`)
  const done = { file, width, height, frames }
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  )
  if (size === width * height * 4 * frames) return done
  await mkdir(join(CACHE, 'reels'), { recursive: true })
  const unfinished = `${file}.${process.pid}`
  if (content === 'video') scaleVideo(unfinished, width, height, frames)
  else {
    const handle = await open(unfinished, 'w')
    for (let i = 0; i < frames; i++) await handle.write(MAKERS[content](width, height, i).data)
    await handle.close()
  }
  await rename(unfinished, file)
  return done
}

/** The image that `still` and `patches` show, to compare the screen with. */
export function original(content: 'still' | 'patches', width: number, height: number): RgbaImage {
  return MAKERS[content](width, height, 0)
}

const MAKERS: Record<
  Exclude<Content, 'video'>,
  (width: number, height: number, index: number) => RgbaImage
> = {
  screen,
  motion: grainyTexture,
  texture: movingTexture,
  still: (width, height) => naturalStill(width, height),
  patches: (width, height) => patches(width, height),
}

function screen(width: number, height: number, index: number): RgbaImage {
  const image = naturalStill(width, height)
  const x = Math.round(width / 3) + index * 5
  const y = Math.round(height / 2) + Math.round(Math.sin(index / 2.5) * 20)
  fill(image, x, y, POINTER, POINTER, 255)
  if (index % 16 < 8) fill(image, Math.round(width / 5), Math.round(height / 4), 2, 18, 0)
  return image
}

function fill(image: RgbaImage, left: number, top: number, width: number, height: number, level: number) {
  for (let y = top; y < top + height; y++)
    for (let x = left; x < left + width; x++)
      image.data.fill(level, (y * image.width + x) * 4, (y * image.width + x) * 4 + 3)
}

function videoFile(): string {
  return process.env.PIXELCAST_TEST_VIDEO ?? resolve(ROOT, '../shared/data/vtest.avi')
}

function scaleVideo(file: string, width: number, height: number, frames: number): void {
  const { status, stderr } = spawnSync(
    'ffmpeg',
    // prettier-ignore
    [
      '-v',
      'error',
      '-y',
      '-i',
      videoFile(),
      '-frames:v',
      String(frames),
      '-vf',
      `scale=${width}:${height}`,
      '-pix_fmt',
      'rgba',
      '-f',
      'rawvideo',
      file,
    ],
    { encoding: 'utf8' },
  )
  if (status !== 0) throw new Error(`ffmpeg: ${stderr}`)
}
