import { parseArgs } from 'node:util'
import { Child } from '../support/child.js'
import { startHeadlessReceiver } from '../support/headless-receiver/index.js'
import { pause, until } from '../support/wait.js'
import { House, invite } from './guests.js'
import type { SoakServerApi } from './server.js'
import { judge, type Minute } from './verdict.js'

const LATE_MS = 100
/** Fewer show no slope. */
const LEAST_MINUTES = 5
/** Their sessions, and what the kernel keeps of them, are gone by then, ms. */
const MOST_LEAVING_MS = 60_000

/** Prints a line a minute and a table of verdicts; 0: everything is flat, 1: something is not, 2: asked wrongly. */
export async function main(
  args: readonly string[],
  say: (line: string) => void = console.log,
): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { minutes: { type: 'string' } } })
  const minutes = Number(values.minutes ?? '60')
  if (!(minutes >= LEAST_MINUTES)) {
    say(`soak: --minutes: expected a number from ${LEAST_MINUTES}, got ${values.minutes}`)
    return 2
  }
  const server = await Child.start<SoakServerApi>('test/soak/server.ts', ['--expose-gc'])
  const receiver = await startHeadlessReceiver()
  const { guests, leave } = await invite()
  try {
    const url = await server.call('open')
    const house = new House(url)
    // The one who stays, and by whom the rest is measured.
    const [honest] = await receiver.call('open', {
      url: house.whep('moving'),
      count: 1,
      codec: 'h264',
      channel: true,
    })
    await until('frames', async () => (await receiver.call('stats'))[honest!]!.frames > 0)
    const alone = await server.call('measure')
    await receiver.call('latencies', { viewer: honest! })
    const visits = house.receive(guests)
    say('minute  resident  heap  files  threads  viewers  p50 ms  p95 ms  late/frames  missing  encodes')
    const seen: Minute[] = []
    let before = alone
    const started = performance.now()
    for (let minute = 1; minute <= minutes; minute++) {
      await pause(started + minute * 60_000 - performance.now())
      const vitals = await server.call('measure')
      const latencies = (await receiver.call('latencies', { viewer: honest! })).sort((a, b) => a - b)
      const stats = (await receiver.call('stats'))[honest!]!
      const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? Number.NaN
      const row: Minute = {
        minute,
        residentMiB: vitals.residentKiB / 1024,
        heapMiB: vitals.heapKiB / 1024,
        files: vitals.files,
        threads: vitals.threads,
        viewers: vitals.viewers,
        p50: at(0.5),
        p95: at(0.95),
        late: latencies.filter((latency) => latency > LATE_MS).length,
        frames: latencies.length,
        missing: stats.missing,
        encoded: vitals.encoded - before.encoded,
      }
      before = vitals
      seen.push(row)
      say(format(row))
      for (const error of await server.call('errors')) say(`  the server reports: ${error}`)
    }
    house.stop()
    await visits
    await until(
      'the guests to be gone',
      async () => (await server.call('measure')).viewers === 1,
      MOST_LEAVING_MS,
    )
    await pause(2_000)
    const after = await server.call('measure')
    say('')
    for (const [what, count] of Object.entries(house.doings)) say(`${count} ${what}`)
    for (const failure of house.failures) say(`  a guest failed: ${failure}`)
    say(
      `one viewer before and after: resident ${mebi(alone.residentKiB)} → ${mebi(after.residentKiB)} MiB, heap ${mebi(alone.heapKiB)} → ${mebi(after.heapKiB)} MiB, ` +
        `files ${alone.files} → ${after.files}, threads ${alone.threads} → ${after.threads}; ${after.errors} errors reported`,
    )
    const verdicts = judge(seen)
    for (const { what, from, to, isFlat } of verdicts)
      say(`${what.padEnd(15)} ${from.toFixed(1)} → ${to.toFixed(1)}  ${isFlat ? 'flat' : 'NOT FLAT'}`)
    const missing = seen.at(-1)?.missing ?? 0
    say(`packets that the one who stayed never got: ${missing}`)
    return verdicts.every(({ isFlat }) => isFlat) && missing === 0 ? 0 : 1
  } finally {
    await leave()
    await receiver.kill()
    await server.kill()
  }
}

function format(row: Minute): string {
  return [
    String(row.minute).padStart(6),
    `${row.residentMiB.toFixed(0)} MiB`.padStart(8),
    row.heapMiB.toFixed(1).padStart(5),
    String(row.files).padStart(6),
    String(row.threads).padStart(8),
    String(row.viewers).padStart(8),
    row.p50.toFixed(1).padStart(7),
    row.p95.toFixed(1).padStart(7),
    `${row.late}/${row.frames}`.padStart(12),
    String(row.missing).padStart(8),
    String(row.encoded).padStart(8),
  ].join(' ')
}

function mebi(kibi: number): string {
  return (kibi / 1024).toFixed(1)
}
