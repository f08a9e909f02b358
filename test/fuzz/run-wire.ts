import { line } from '../soak/verdict.js'
import type { Failure } from './target.js'
import { Lab, type Watched, type WireTarget } from './wire/lab.js'

/**
 * Growth of memory over the second half of a run, by the line through what was seen, that is a leak: this share, and
 * so many KiB. Over the first half the allocators take what they need at most, which is not given back.
 */
const MOST_GROWTH = 0.1
const MOST_GROWTH_KIB = 16 * 1024
/** Fewer show no slope: a short run. */
const LEAST_SAMPLES = 8
const MOST_MORE_HANDLES = 4
/** So much of the inputs first: what they leave behind are caches, not leaks. */
const WARM_UP = 0.1

export interface WireResult {
  readonly done: number
  readonly accepted: number
  readonly failures: readonly Failure[]
  readonly watched: Watched | undefined
}

export async function runWire(
  target: WireTarget,
  { seed, from, count, deadline }: { seed: number; from: number; count: number; deadline: number },
): Promise<WireResult> {
  const lab = await Lab.start(Number.isFinite(count) ? count : 1e15, deadline, target)
  try {
    try {
      await lab.warm(
        target,
        seed,
        from,
        Math.min(5_000, Math.ceil((Number.isFinite(count) ? count : 1e6) * WARM_UP)),
      )
      await target.attack(lab, seed, from)
      const watched = await lab.end()
      for (const complaint of complaintsOf(watched)) lab.fail(from, complaint, [])
      return { done: lab.done, accepted: lab.accepted, failures: lab.failures, watched }
    } catch (error) {
      // The last inputs are its suspects.
      lab.fail(from + Math.max(0, lab.done - 1_000), String(error instanceof Error ? error.message : error))
      return { done: lab.done, accepted: lab.accepted, failures: lab.failures, watched: undefined }
    }
  } finally {
    await lab.close()
  }
}

function complaintsOf({
  sent,
  received,
  dropped,
  missingPackets,
  before,
  after,
  resident,
  socket,
}: Watched): string[] {
  const complaints: string[] = []
  if (received !== sent || missingPackets > 0)
    complaints.push(
      `the honest viewer was sent ${sent} frames and got ${received}; ${missingPackets} packets missing`,
    )
  if (dropped > 0) complaints.push(`${dropped} frames of the honest viewer were left out`)
  if (socket?.ended !== undefined) complaints.push(`the honest WebSocket was ended: ${socket.ended}`)
  else if (socket && (socket.received !== socket.sent || socket.gaps > 0))
    complaints.push(
      `the honest WebSocket was sent ${socket.sent} frames and got ${socket.received}, with ${socket.gaps} gaps`,
    )
  else if (socket && socket.dropped > socket.sent)
    complaints.push(
      `of the honest WebSocket's frames ${socket.dropped} were left out, and only ${socket.sent} sent`,
    )
  if (resident.length >= LEAST_SAMPLES) {
    const { from, to } = line(resident.slice(resident.length >> 1))
    if (to - from > MOST_GROWTH_KIB && to - from > from * MOST_GROWTH)
      complaints.push(`memory grew from ${Math.round(from)} to ${Math.round(to)} KiB in the second half`)
  }
  for (const what of ['files', 'threads'] as const)
    if (after[what] > before[what] + MOST_MORE_HANDLES)
      complaints.push(`${what} grew from ${before[what]} to ${after[what]}`)
  return complaints
}
