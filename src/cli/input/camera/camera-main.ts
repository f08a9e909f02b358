/*
 * The process of one camera. FFmpeg waits for the network in calls that cannot always be interrupted, on
 * threads that the encoders need as well, and decodes what strangers send: in a process of its own it can
 * be ended at any time, and takes nothing with it.
 */
import { monotonicNow } from '../../../common/clock.js'
import { tightByteLength } from '../../../image/index.js'
import { CliError, explain } from '../../errors.js'
import { play } from '../../player.js'
import { systemClock } from '../../player-clock.js'
import { MediaFile, type MediaSource } from '../media.js'
import type { InputImage } from '../types.js'
import { describeVideo, readTraits, VideoFile } from '../video-file.js'
import { frameHeader } from './frame-stream.js'
import { LiveEdge } from './live-edge.js'
import type { CameraOrder, CameraReport } from './messages.js'
import { PlanarConverter } from './planar-converter.js'

/** Reasons of FFmpeg's that another attempt does not remove. */
const HOPELESS = /\b(401|403|404|400)\b|Protocol not found|Invalid argument|not supported|no video in it/i

const stdout = process.stdout
/** A frame is on its way to the other process; until it has arrived the ones that come are left out. */
let busy = false

process.once('message', (order: CameraOrder) => {
  run(order).then(
    (how) => finish({ is: 'end', how }),
    (error: unknown) =>
      finish({ is: 'failed', reason: explain(error), hopeless: HOPELESS.test(explain(error)) }),
  )
})
// whoever started us decides when to stop; without it there is nobody to work for
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
stdout.on('error', () => process.kill(process.pid, 'SIGKILL'))

async function run(order: CameraOrder): Promise<'lost' | 'over'> {
  const { media, source } = await openFirst(order.sources)
  // a video that has a length is a file, wherever it is
  if (media.duration !== undefined && source.format === undefined) return playFile(order, media, source)
  const converter = new PlanarConverter()
  const edge = new LiveEdge()
  media.wants = (stamp, isKeyframe) => edge.wants(stamp, isKeyframe, monotonicNow())
  const { pixelAspect } = readTraits(media.stream)
  report({ is: 'open', description: describeVideo(media) })
  for (;;) {
    const frame = await media.next()
    if (!frame) return 'lost'
    if (busy) continue
    const { layout, data } = await converter.convert(frame, pixelAspect)
    send(frameHeader(layout), data)
  }
}

async function playFile(order: CameraOrder, media: MediaFile, source: MediaSource): Promise<'lost' | 'over'> {
  const { shown, play: options } = order
  const file = new VideoFile(shown, media, options, (text) => report({ is: 'remark', text }), source)
  await media.close()
  report({ is: 'open', description: file.description })
  const show = (image: InputImage) => {
    if (busy || image instanceof Uint8Array) return
    const { data, width, height, format } = image
    const rowBytes = tightByteLength(format, width, height) / height
    send(frameHeader({ width, height, format }), packed(data, rowBytes, image.stride ?? rowBytes, height))
  }
  await play(file, show, systemClock, new AbortController().signal, {
    onBadImage: (error) => report({ is: 'remark', text: explain(error) }),
  })
  return 'over'
}

async function openFirst(
  sources: readonly MediaSource[],
): Promise<{ media: MediaFile; source: MediaSource }> {
  let failure: unknown = new CliError('no way to open it')
  for (const source of sources) {
    try {
      return { media: await MediaFile.open(source), source }
    } catch (error) {
      failure = error
    }
  }
  throw failure
}

function packed(data: Uint8Array, rowBytes: number, stride: number, rows: number): Uint8Array {
  // the converter's memory is used again for the next frame, while this one may still be on its way
  if (stride === rowBytes) return data.slice(0, rowBytes * rows)
  const tight = new Uint8Array(rowBytes * rows)
  for (let row = 0; row < rows; row++)
    tight.set(data.subarray(row * stride, row * stride + rowBytes), row * rowBytes)
  return tight
}

/** `data` stays untouched until it was taken: nothing is converted while we are busy. */
function send(header: Uint8Array, data: Uint8Array): void {
  busy = true
  stdout.cork()
  stdout.write(header)
  stdout.write(data, () => {
    busy = false
  })
  stdout.uncork()
}

function report(message: CameraReport): void {
  process.send?.(message)
}

/** Frames and words go different ways: the last word only when the frames are through. */
function finish(message: CameraReport): void {
  stdout.end(() => process.send?.(message, () => process.kill(process.pid, 'SIGKILL')))
}
