import { type ChildProcess, fork } from 'node:child_process'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { feed } from '../../../image/stream/byte-sink.js'
import { CliError } from '../../errors.js'
import type { LiveTarget } from '../live.js'
import { FrameStreamSink } from './frame-stream.js'
import { type ConnectionEvents, Hopeless } from './keep-connected.js'
import type { CameraOrder, CameraReport } from './messages.js'
import { Watchdog } from './watchdog.js'

/** A camera that gives no image for so long (ms) is lost, whatever its connection says. */
const SILENCE = 10_000
/** Opening takes a while: a wrong transport is tried first, a keyframe has to come. */
const OPENING = 20_000

/** Lets FFmpeg read a camera in a process of its own, until it is lost or `signal` is aborted. */
export async function readCamera(
  order: CameraOrder,
  events: ConnectionEvents,
  target: Pick<LiveTarget, 'track' | 'warn'>,
  signal: AbortSignal,
): Promise<'lost' | 'over'> {
  const child = fork(fileURLToPath(new URL('./camera-main.js', import.meta.url)), [], {
    stdio: ['ignore', 'pipe', 'ignore', 'ipc'],
  })
  // whatever FFmpeg is waiting for
  const kill = () => void child.kill('SIGKILL')
  let silence: number | undefined
  const watchdog = new Watchdog((ms) => {
    silence = ms
    kill()
  })
  watchdog.expect(OPENING)
  let last: CameraReport | undefined
  child.on('message', (report: CameraReport) => {
    if (report.is === 'open') {
      events.onOpen(report.description)
      watchdog.expect(SILENCE)
    } else if (report.is === 'remark') target.warn(report.text)
    else last = report
  })
  const sink = new FrameStreamSink(target.track, () => {
    events.onImage()
    watchdog.expect(SILENCE)
  })
  signal.addEventListener('abort', kill, { once: true })
  const ended = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(error.message))
    child.once('exit', (code, name) => resolve(`the process that reads it ended (${name ?? code})`))
  })
  try {
    if (signal.aborted) kill()
    else child.send(order)
    await pour(child, sink)
    const how = await ended
    if (signal.aborted) return 'over'
    if (silence !== undefined) throw new CliError(`no image for ${silence / 1000} s`)
    if (last?.is === 'end') return last.how
    if (last?.is === 'failed') throw new (last.hopeless ? Hopeless : CliError)(last.reason)
    throw new CliError(how)
  } finally {
    watchdog.stop()
    signal.removeEventListener('abort', kill)
    kill()
    sink.end()
  }
}

/** Everything that the process writes. */
async function pour(child: ChildProcess, sink: FrameStreamSink): Promise<void> {
  const stdout = child.stdout as Readable
  try {
    for await (const chunk of stdout as AsyncIterable<Buffer>) {
      const wait = feed(sink, chunk)
      if (wait) await wait
    }
  } catch (error) {
    // a pipe that breaks means that the process has ended, which says more
    if (!(error instanceof Error && 'code' in error)) throw error
  }
}
