import { load, save } from './findings.js'
import { type FuzzOptions, parseOptions } from './options.js'
import { PURE_TARGETS } from './pure/index.js'
import { replayPure, runPure } from './run-pure.js'
import { runWire } from './run-wire.js'
import type { Failure, PureTarget } from './target.js'
import { WIRE_TARGETS } from './wire/index.js'
import type { Watched, WireTarget } from './wire/lab.js'

type Target =
  | { readonly kind: 'pure'; readonly target: PureTarget }
  | { readonly kind: 'wire'; readonly target: WireTarget }

const TARGETS: readonly Target[] = [
  ...PURE_TARGETS.map((target) => ({ kind: 'pure', target }) as const),
  ...WIRE_TARGETS.map((target) => ({ kind: 'wire', target }) as const),
]

/** Fuzzes what is asked for; 0: nothing was found, 1: something was, 2: it was asked wrongly. */
export async function main(
  args: readonly string[],
  say: (line: string) => void = console.log,
): Promise<number> {
  let options: FuzzOptions
  try {
    options = parseOptions(args)
    for (const name of options.targets)
      if (!TARGETS.some(({ target }) => target.name === name))
        throw new Error(`--target: expected ${TARGETS.map((one) => one.target.name).join(', ')}, got ${name}`)
  } catch (error) {
    say(`fuzz: ${error instanceof Error ? error.message : error}`)
    return 2
  }
  const chosen = TARGETS.filter(
    ({ target }) => options.targets.length === 0 || options.targets.includes(target.name),
  )
  if (options.replay !== undefined) return replay(chosen, options.replay, say)
  const { seed, minutes } = options
  say(`seed ${seed}`)
  let found = 0
  for (const [i, one] of chosen.entries()) {
    const share = minutes === undefined ? Number.POSITIVE_INFINITY : (minutes * 60_000) / chosen.length
    found += await fuzz(one, options, performance.now() + share, say)
    if (i === chosen.length - 1) say(found === 0 ? 'nothing was found' : `${found} findings`)
  }
  return found === 0 ? 0 : 1
}

async function fuzz(
  one: Target,
  { seed, from, count, minutes, quick }: FuzzOptions,
  deadline: number,
  say: (line: string) => void,
): Promise<number> {
  const { name, about } = one.target
  const usual =
    minutes === undefined ? (quick ? one.target.quick : one.target.count) : Number.POSITIVE_INFINITY
  const request = { seed, from, count: count ?? usual, deadline }
  const started = performance.now()
  say(`${name}: ${about}`)
  let summary: string
  let failures: readonly Failure[]
  let result: { readonly done: number; readonly accepted: number }
  if (one.kind === 'pure') {
    const pure = await runPure(one.target, request)
    result = pure
    failures = pure.failures
    summary = `resident ${mebi(pure.before.residentKiB)} → ${mebi(pure.after.residentKiB)} MiB, heap ${mebi(pure.before.heapKiB)} → ${mebi(pure.after.heapKiB)} MiB`
  } else {
    const wire = await runWire(one.target, request)
    result = wire
    failures = wire.failures
    const w = wire.watched
    summary = w
      ? `honest viewer: ${w.sent} frames sent, ${w.received} received, ${w.dropped} left out ` +
        `(of ${w.pushed} images ${w.superseded} were replaced before their turn)${ofSocket(w)}; ${w.droppedDatagrams} datagrams dropped by the kernel; ` +
        `resident ${mebi(w.before.residentKiB)} → ${halfway(w.resident)}${mebi(w.after.residentKiB)} MiB, heap ${mebi(w.before.heapKiB)} → ${mebi(w.after.heapKiB)} MiB, ` +
        `files ${w.before.files} → ${w.after.files}, threads ${w.before.threads} → ${w.after.threads}`
      : 'the server did not live to be counted'
  }
  const seconds = Math.round((performance.now() - started) / 1000)
  const verb = one.kind === 'pure' || name === 'offers' || name === 'ingest' ? 'taken' : 'sent'
  say(
    `  ${result.done} inputs, ${result.accepted} ${verb}, ${failures.length} findings, ${seconds} s; ${summary}`,
  )
  for (const failure of failures) say(save(name, seed, failure))
  return failures.length
}

async function replay(chosen: readonly Target[], file: string, say: (line: string) => void): Promise<number> {
  const [one] = chosen
  if (chosen.length !== 1 || one?.kind !== 'pure') {
    say(
      'fuzz: --replay needs --target with one that needs no network; for others give --seed, --from and --count',
    )
    return 2
  }
  const inputs = load(file)
  const { accepted, failures } = await replayPure(one.target, inputs)
  say(`${inputs.length} inputs, ${accepted} taken, ${failures.length} findings`)
  for (const { what } of failures) say(what)
  return failures.length === 0 ? 0 : 1
}

function ofSocket({ socket }: Watched): string {
  return socket
    ? `; honest WebSocket: ${socket.sent} frames sent, ${socket.received} received, ${socket.dropped} left out`
    : ''
}

function halfway(resident: readonly number[]): string {
  const middle = resident[resident.length >> 1]
  return middle === undefined ? '' : `${mebi(middle)} → `
}

function mebi(kibi: number): number {
  return Math.round(kibi / 1024)
}
