import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { CliProcess } from '../../test/support/cli-process.js'
import {
  type HeadlessReceiver,
  receiverReport,
  startHeadlessReceiver,
} from '../../test/support/headless-receiver/index.js'
import { pause } from '../../test/support/wait.js'
import { environment } from '../report/environment.js'
import { show, textTable } from '../report/text-table.js'
import { cpuSeconds, residentMiB } from '../support/process-usage.js'

/** Between two rows of the table, ms. */
const STEP_MS = 15_000
/** Between two receiver reports, ms. */
const REPORT_MS = 1000

interface Row {
  /** s since the start. */
  readonly time: number
  readonly pushed: number
  readonly fps: number
  readonly received: number
  readonly memory: number
  /** Of one core, of `pixelcast serve`. */
  readonly cpu: number
  /** Of the machine, whatever else runs on it. */
  readonly load: number
}

/**
 * Raw frames on the stdin of `pixelcast serve -`, for five minutes: are all of them read, at which rate, and does
 * the memory grow? Prints a table; the exit code is 1 when a frame was lost on the way in.
 */
export async function main(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      seconds: { type: 'string', default: '300' },
      size: { type: 'string', default: '1920x1080' },
      fps: { type: 'string', default: '60' },
      viewers: { type: 'string', default: '1' },
    },
  })
  const { size } = values
  const [seconds, fps, viewers] = [Number(values.seconds), Number(values.fps), Number(values.viewers)]
  const frames = Math.round(seconds * fps)
  console.log(
    `${environment([])}\n\n${frames} raw frames of ${size} bgr24, ${fps} a second, ${viewers} viewers`,
  )
  const producer = spawn(process.execPath, ['-e', PRODUCER, String(frames), String(fps), size], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  const written = once(producer, 'message') as Promise<[{ seconds: number; latest: number }]>
  if (!producer.stdout) throw new Error('the producer has no stdout')
  const cli = CliProcess.startWith(
    producer.stdout,
    ...[
      'serve',
      '-',
      '--size',
      size,
      '--format',
      'bgr24',
      '--exit',
      '--port',
      '0',
      '--media-host',
      '127.0.0.1',
    ],
  )
  const receiver = await startHeadlessReceiver()
  try {
    const url = await cli.url()
    if (viewers > 0)
      await receiver.call('open', { url: new URL('whep/stdin', url).href, count: viewers, codec: 'h264' })
    const reports = setInterval(() => void report(receiver).catch(() => undefined), REPORT_MS)
    const rows = await watch(cli, url, receiver).finally(() => clearInterval(reports))
    const [{ seconds: took, latest }] = await written
    console.log(`\n${table(rows)}\n`)
    const read = Number(/the end after (\d+) images\n/.exec(cli.stderr)?.[1] ?? 0)
    const dropped = [...cli.stderr.matchAll(/(\d+) dropped/g)].at(-1)?.[1] ?? '0'
    console.log(
      `written ${frames} in ${took.toFixed(1)} s, the latest ${Math.round(latest)} ms after its time`,
    )
    console.log(`read and pushed ${read}; not shown to viewers because a newer one was there: ${dropped}`)
    return read === frames ? 0 : 1
  } finally {
    await receiver.kill()
    await cli.kill()
    producer.kill('SIGKILL')
  }
}

/** What browsers send by themselves: a viewer that says nothing for ten seconds is taken for gone. */
async function report(receiver: HeadlessReceiver): Promise<void> {
  for (const { viewer, ssrc } of await receiver.call('stats'))
    if (ssrc !== 0) await receiver.call('sendRtcp', { viewer, packet: receiverReport(1, ssrc) })
}

/** Looks again and again until the command has ended. */
async function watch(cli: CliProcess, url: string, receiver: HeadlessReceiver): Promise<Row[]> {
  const rows: Row[] = []
  let ended = false
  void cli.exited.then(() => {
    ended = true
  })
  const start = performance.now()
  let before = await look(url, receiver, cli.pid)
  while (!ended) {
    await Promise.race([pause(STEP_MS), cli.exited])
    if (ended) break
    const now = await look(url, receiver, cli.pid).catch(() => undefined)
    if (!now) break
    const elapsed = (now.at - before.at) / 1000
    rows.push({
      time: (now.at - start) / 1000,
      pushed: now.pushed,
      fps: (now.pushed - before.pushed) / elapsed,
      received: (now.received - before.received) / elapsed,
      memory: now.memory,
      cpu: (now.cpu - before.cpu) / elapsed,
      load: loadavg()[0] ?? 0,
    })
    before = now
  }
  return rows
}

async function look(url: string, receiver: HeadlessReceiver, pid: number) {
  const response = await fetch(new URL('tracks', url))
  const { tracks } = (await response.json()) as { tracks: { pushed: number }[] }
  const [viewer] = await receiver.call('stats')
  return {
    at: performance.now(),
    pushed: tracks[0]?.pushed ?? 0,
    received: viewer?.frames ?? 0,
    memory: residentMiB(pid),
    cpu: cpuSeconds(pid),
  }
}

function table(rows: readonly Row[]): string {
  const head = ['s', 'pushed', 'pushed a second', 'received a second', 'memory, MiB', 'cores', 'load']
  return textTable([
    head,
    ...rows.map(({ time, pushed, fps, received, memory, cpu, load }) => [
      show(time, 0),
      show(pushed, 0),
      show(fps, 1),
      show(received, 1),
      show(memory, 0),
      show(cpu, 2),
      show(load, 1),
    ]),
  ])
}

/** Writes frames at their times, catching up when late, and says in the end how late the latest was. */
const PRODUCER = `
const [frames, fps] = process.argv.slice(1, 3).map(Number)
const [width, height] = process.argv[3].split('x').map(Number)
const noise = Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 2654435761) >>> 24))
const frame = Buffer.alloc(width * height * 3, 90)
const start = performance.now()
let count = 0
let latest = 0
const next = () => {
  if (count === frames) {
    process.send({ seconds: (performance.now() - start) / 1000, latest })
    return process.stdout.end(() => process.disconnect())
  }
  // something moves in every frame
  const at = ((count * 7) % height) * width * 3
  noise.copy(frame, at)
  latest = Math.max(latest, performance.now() - start - (count * 1000) / fps)
  count++
  process.stdout.write(frame, () =>
    setTimeout(next, Math.max(0, start + (count * 1000) / fps - performance.now())))
}
next()
`
