import { SocketSender } from '../../src/engine/socket-sender.js'
import type { PacketizedFrame } from '../../src/rtp/index.js'
import { seeded } from '../support/random.js'

/** A TCP connection as its ends see it: all arrives, in order, late. Times in ms, rates in bit/s. */
export interface StreamConditions {
  readonly rate: number
  /** One way. */
  readonly delay: number
  /** Bytes that somebody on the way takes before the sender notices anything. */
  readonly buffer: number
  /** Nothing moves for so long, now and then: TCP repeats what was lost. Share of the frames that this happens to. */
  readonly stall?: { readonly time: number; readonly share: number }
  /** Each frame takes up to so much longer, by chance, but never overtakes. */
  readonly jitter?: number
}

export interface StreamScenario {
  readonly seed?: number
  readonly duration: number
  readonly fps?: number
  /** Most that the encoder makes. */
  readonly maxBitrate?: number
  /** Others watch the same rung: frames come whether this viewer has room or not, at this rate at least. */
  readonly shared?: number
  readonly conditions: StreamConditions
  readonly changes?: readonly { readonly at: number; readonly conditions: Partial<StreamConditions> }[]
  /** The viewer does not acknowledge anything from then on. */
  readonly silentFrom?: number
}

export interface ArrivedFrame {
  readonly at: number
  readonly age: number
  readonly bytes: number
  readonly keyframe: boolean
  /** It follows the one before it, or is a keyframe. */
  readonly decodable: boolean
}

export interface StreamOutcome {
  readonly frames: readonly ArrivedFrame[]
  readonly rates: readonly { readonly at: number; readonly rate: number }[]
  readonly keyframes: number
  readonly skipped: number
  readonly dropped: number
  readonly mostInFlight: number
}

/** Frames are this much larger or smaller than the rate says, by chance. */
const SPREAD = 0.35
/** Times an average one. */
const KEYFRAME_SIZE = 6
/** Beyond this an encoder waits, see Outlet. */
const OUTLET_BACKLOG = 50

/** An encoder that follows the sender's rate, over a simulated TCP connection, to a viewer that acknowledges. */
export function simulateStream(scenario: StreamScenario): StreamOutcome {
  const {
    duration,
    fps = 30,
    maxBitrate = 10_000_000,
    shared,
    silentFrom = Number.POSITIVE_INFINITY,
  } = scenario
  const random = seeded(scenario.seed ?? 1)
  let conditions = scenario.conditions
  const changes = [...(scenario.changes ?? [])]
  /** In the buffer on the way: what is left of each, bytes. */
  const queue: { number: number; left: number; frame: Omit<ArrivedFrame, 'at' | 'age'>; captured: number }[] =
    []
  const arriving: {
    at: number
    number: number
    frame: Omit<ArrivedFrame, 'at' | 'age'>
    captured: number
  }[] = []
  const answers: { at: number; number: number }[] = []
  const frames: ArrivedFrame[] = []
  const rates: { at: number; rate: number }[] = []
  let wantsKeyframe = true
  let [keyframes, skipped, dropped, mostInFlight, inFlight] = [0, 0, 0, 0, 0]
  let stalledUntil = 0
  let isBroken = true
  let bits = 0
  let encoderRate = 0
  const queued = () => queue.reduce((sum, { left }) => sum + left, 0)
  const sender = new SocketSender({
    rates: {},
    buffered: () => Math.max(0, queued() - conditions.buffer),
    onKeyframeNeeded: () => {
      wantsKeyframe = true
    },
    onRate: () => {},
  })
  sender.setMaxRate(maxBitrate)

  for (let now = 0; now < duration; now++) {
    while (changes[0] && changes[0].at <= now) conditions = { ...conditions, ...changes.shift()?.conditions }
    // The link.
    let room = now < stalledUntil ? 0 : conditions.rate / 8_000
    while (queue[0] && room > 0) {
      const head = queue[0]
      const taken = Math.min(room, head.left)
      head.left -= taken
      room -= taken
      if (head.left > 0) break
      queue.shift()
      const { stall, jitter } = conditions
      const at = now + conditions.delay + (jitter ? jitter * random() : 0)
      arriving.push({ ...head, at: Math.max(at, arriving.at(-1)?.at ?? 0) })
      if (stall && random() < stall.share) stalledUntil = now + stall.time
    }
    while (arriving[0] && arriving[0].at <= now) {
      const { frame, captured, number } = arriving.shift()!
      frames.push({ ...frame, at: now, age: now - captured })
      inFlight -= frame.bytes
      if (now < silentFrom) answers.push({ at: now + conditions.delay, number })
    }
    while (answers[0] && answers[0].at <= now) sender.arrived(answers.shift()!.number, now)
    if (now % 100 === 0) {
      sender.tick(now)
      rates.push({ at: now, rate: sender.mediaRate(now) })
    }
    // The encoder.
    if (now % Math.round(1000 / fps) !== 0) continue
    if (shared === undefined && sender.backlog(now) > OUTLET_BACKLOG) {
      skipped++
      continue
    }
    const target = Math.min(maxBitrate, Math.max(shared ?? 0, sender.mediaRate(now)))
    encoderRate += (target - encoderRate) * (target < encoderRate ? 1 : 0.2)
    const average = encoderRate / fps / 8
    // What a keyframe has taken is saved afterwards, as rate controls do.
    const factor = bits > 0 ? 0.7 : 1
    const keyframe = wantsKeyframe
    const size = Math.round((keyframe ? KEYFRAME_SIZE : factor * (1 + SPREAD * (2 * random() - 1))) * average)
    bits = Math.max(0, bits + size - average)
    if (keyframe) keyframes++
    wantsKeyframe = false
    const frame = { keyframe, captureTime: now, data: Buffer.alloc(0) } as unknown as PacketizedFrame
    const number = sender.nextNumber
    if (!sender.admits(frame, now)) {
      dropped++
      isBroken = true
      continue
    }
    sender.sent(frame, size, now)
    if (keyframe) isBroken = false
    inFlight += size
    mostInFlight = Math.max(mostInFlight, inFlight)
    queue.push({ number, left: size, captured: now, frame: { bytes: size, keyframe, decodable: !isBroken } })
  }
  return { frames, rates, keyframes, skipped, dropped, mostInFlight }
}

/** Of some frames, ms: a share of them is younger than this. */
export function ageAt(frames: readonly ArrivedFrame[], share: number): number {
  const ages = frames.map(({ age }) => age).sort((a, b) => a - b)
  return ages[Math.min(ages.length - 1, Math.floor(share * ages.length))] ?? Number.POSITIVE_INFINITY
}

/** Mean of what arrived, bit/s. */
export function throughput(frames: readonly ArrivedFrame[], from: number, to: number): number {
  const bytes = frames.filter(({ at }) => at >= from && at < to).reduce((sum, frame) => sum + frame.bytes, 0)
  return (bytes * 8_000) / (to - from)
}
