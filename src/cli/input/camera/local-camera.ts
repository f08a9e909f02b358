import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { CliError, systemReason } from '../../errors.js'
import type { Size } from '../../options.js'
import { systemClock } from '../../player-clock.js'
import type { LiveEnd, LiveInput, LiveTarget } from '../live.js'
import type { MediaSource } from '../media.js'
import { readCamera } from './camera-process.js'
import { keepConnected } from './keep-connected.js'

/** What may be asked of a camera. */
export interface LocalCameraOptions {
  readonly size?: Size
  readonly fps?: number
}

/** A camera of this machine, by its device file; Video4Linux2. */
export class LocalCamera implements LiveInput {
  readonly kind = 'live'
  readonly name: string
  readonly description: string
  readonly #path: string
  readonly #sources: readonly MediaSource[]

  private constructor(path: string, options: LocalCameraOptions) {
    this.#path = path
    this.#sources = sourcesOf(path, options)
    this.name = basename(path)
    this.description = `camera ${path}`
  }

  /** @throws CliError when there is no such camera, or it may not be used */
  static async open(path: string, options: LocalCameraOptions): Promise<LocalCamera> {
    await checkDevice(path)
    return new LocalCamera(path, options)
  }

  run(target: LiveTarget, signal: AbortSignal): Promise<LiveEnd> {
    const order = { sources: this.#sources, shown: this.#path, play: {} }
    return keepConnected(
      async (events) => {
        // a camera that was unplugged comes back as the same file
        await checkDevice(this.#path)
        return readCamera(order, events, target, signal).catch(explainDevice)
      },
      target,
      signal,
      { clock: systemClock, name: this.#path },
    )
  }
}

/** With a size or a rate, compressed first: most cameras give large images at full rate only as MJPEG. */
function sourcesOf(path: string, { size, fps }: LocalCameraOptions): MediaSource[] {
  const options = {
    ...(size && { video_size: `${size.width}x${size.height}` }),
    ...(fps !== undefined && { framerate: String(fps) }),
  }
  const plain: MediaSource = { url: path, format: 'v4l2', options, live: true }
  if (!size && fps === undefined) return [plain]
  return [{ ...plain, options: { ...options, input_format: 'mjpeg' } }, plain]
}

/** FFmpeg's words (libavdevice/v4l2.c) for a device that gives no video, as the second one of most webcams does. */
const NO_CAMERA = /Inappropriate ioctl for device|No such device\)/

function explainDevice(error: unknown): never {
  if (!(error instanceof Error) || !NO_CAMERA.test(error.message)) throw error
  throw new CliError(
    `${error.message}; it gives no video: many cameras have several /dev/video*, one of them with the images`,
    undefined,
    { cause: error },
  )
}

async function checkDevice(path: string): Promise<void> {
  try {
    const found = await stat(path)
    if (!found.isCharacterDevice()) throw new CliError(`${path}: expected a camera, got a file`)
    await access(path, constants.R_OK | constants.W_OK)
  } catch (error) {
    if (error instanceof CliError) throw error
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    const hint =
      code === 'ENOENT'
        ? 'no such camera; is it plugged in, and passed on to this container or virtual machine?'
        : code === 'EACCES' || code === 'EPERM'
          ? `permission denied; the group "video" may use it: sudo usermod -aG video $USER, then log in again`
          : (systemReason(error) ?? String(error))
    throw new CliError(`${path}: ${hint}`, undefined, { cause: error })
  }
}
