import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Child, ROOT } from '../support/child.js'
import type { PureChildApi } from './pure-child.js'
import type { Failure, Outcome, PureTarget } from './target.js'

/** An input that takes longer than this hangs, ms. */
const MOST_INPUT_MS = 20_000
const LOOK_MS = 1_000
/** After so many ends of the process it is not started again. */
const MOST_CRASHES = 5

export interface PureResult extends Outcome {
  readonly done: number
  readonly before: ReturnType<PureChildApi['measure']>
  readonly after: ReturnType<PureChildApi['measure']>
}

/** Runs a target in a child process; one that ends, or hangs, is replaced, and the input is known. */
export async function runPure(
  target: PureTarget,
  { seed, from, count, deadline }: { seed: number; from: number; count: number; deadline: number },
): Promise<PureResult> {
  mkdirSync(join(ROOT, '.cache/fuzz'), { recursive: true })
  const progress = join(ROOT, '.cache/fuzz', `progress-${process.pid}`)
  const failures: Failure[] = []
  let accepted = 0
  let crashes = 0
  let child = await startChild()
  let before: PureResult['before'] | undefined
  let next = from
  const end = from + count
  while (next < end && performance.now() < deadline && failures.length < 10 && crashes < MOST_CRASHES) {
    // The first piece is small: what it leaves behind are caches, not leaks.
    const piece = Math.min(end - next, before ? target.quick * 10 : target.quick)
    const request = { target: target.name, seed, from: next, count: piece, progress }
    try {
      const outcome = await watched(child.call('run', request), progress, () => child.kill())
      accepted += outcome.accepted
      failures.push(...outcome.failures)
      next += piece
      before ??= await child.call('measure')
    } catch (error) {
      crashes++
      const index = placeOf(progress) ?? next
      child = await startChild()
      const input = await child.call('make', { target: target.name, seed, index })
      const what = `the process ended or hung: ${error instanceof Error ? error.message : error}`
      failures.push({ index, what, inputs: [input] })
      next = index + 1
    }
  }
  const after = await child.call('measure')
  await child.kill()
  return { done: next - from, accepted, failures, before: before ?? after, after }
}

export async function replayPure(
  target: PureTarget,
  inputs: Parameters<PureChildApi['replay']>[0]['inputs'],
) {
  const child = await startChild()
  try {
    return await child.call('replay', { target: target.name, inputs })
  } finally {
    await child.kill()
  }
}

function startChild(): Promise<Child<PureChildApi>> {
  return Child.start<PureChildApi>('test/fuzz/pure-child.ts', ['--expose-gc'])
}

async function watched<T>(work: Promise<T>, progress: string, kill: () => Promise<void>): Promise<T> {
  let place: number | undefined
  let since = performance.now()
  const timer = setInterval(() => {
    const now = placeOf(progress)
    if (now !== place) since = performance.now()
    place = now
    if (performance.now() - since > MOST_INPUT_MS) void kill()
  }, LOOK_MS)
  try {
    return await work
  } finally {
    clearInterval(timer)
  }
}

function placeOf(progress: string): number | undefined {
  try {
    const bytes = readFileSync(progress)
    return bytes.length === 8 ? bytes.readDoubleLE() : undefined
  } catch {
    return undefined
  }
}
