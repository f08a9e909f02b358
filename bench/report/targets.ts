import type { Result } from '../bench.js'
import type { SystemName } from '../systems.js'

/** A number that the design asks for: where it stands among the results, and how good it has to be. */
export interface Target {
  readonly what: string
  readonly measure: string
  readonly conditions: Readonly<Record<string, string | number>>
  readonly key: string
  readonly unit: string
  readonly digits: number
  readonly limit: number
  /** `most`: not above the limit; `least`: not below it. */
  readonly kind: 'most' | 'least'
  /** What bounds it, shown while the target is not met. */
  readonly bound?: string
}

const HD30 = { content: 'screen', size: '1280×720', fps: 30, browser: 'chromium', codec: 'h264' }
const HD60 = { ...HD30, fps: 60 }
const MOST = { unit: 'ms', digits: 1, kind: 'most' } as const

/** DESIGN §6, cell by cell. */
export const TARGETS: readonly Target[] = [
  glass('glass to glass, 1280×720 at 30 fps, H.264, Chromium', 'glass-to-glass', HD30, 'p50', 18),
  glass('glass to glass, 1280×720 at 30 fps, H.264, Chromium', 'glass-to-glass', HD30, 'p95', 34),
  glass('glass to glass, 1280×720 at 60 fps, H.264, Chromium', 'glass-to-glass', HD60, 'p50', 15),
  glass('glass to glass, 1280×720 at 60 fps, H.264, Chromium', 'glass-to-glass', HD60, 'p95', 25),
  glass(
    'the same, producer blocks its thread 100 ms at a time',
    'blocked-producer',
    { codec: 'h264' },
    'p50',
    25,
  ),
  glass(
    'the same, producer blocks its thread 100 ms at a time',
    'blocked-producer',
    { codec: 'h264' },
    'p95',
    50,
  ),
  {
    what: 'CPU of one more viewer, a packet',
    measure: 'hundred-viewers',
    conditions: { count: 100 },
    key: 'perPacket',
    unit: 'µs',
    digits: 1,
    limit: 10,
    kind: 'most',
  },
  {
    what: 'CPU of one more viewer, nearly still 1280×720 at 30 fps',
    measure: 'viewers',
    conditions: { count: 4 },
    key: 'cpuPerViewer',
    unit: '% of a core',
    digits: 2,
    limit: 1,
    kind: 'most',
  },
  {
    what: 'sending to 100 viewers of 1280×720 at 30 fps and 2 Mbit/s, CPU',
    measure: 'hundred-viewers',
    conditions: { count: 100 },
    key: 'sending',
    unit: '% of a core',
    digits: 0,
    limit: 60,
    kind: 'most',
  },
  {
    what: 'the same, packets missing',
    measure: 'hundred-viewers',
    conditions: { count: 100 },
    key: 'missing',
    unit: '',
    digits: 0,
    limit: 0,
    kind: 'most',
  },
  {
    what: 'the same, images a second that the worst viewer gets',
    measure: 'hundred-viewers',
    conditions: { count: 100 },
    key: 'leastFps',
    unit: '/s',
    digits: 1,
    limit: 29,
    kind: 'least',
  },
  {
    what: 'addImage of 1920×1080 RGBA',
    measure: 'add-image',
    conditions: { how: 'copy' },
    key: 'p99',
    limit: 2,
    ...MOST,
    digits: 2,
    bound:
      'The copy takes 0.3 to 0.6 ms. The slowest of a hundred is a call that lost its core: encoder, receiver and producer share two.',
  },
  {
    what: 'allocate and addImage of its slot',
    measure: 'add-image',
    conditions: { how: 'allocate' },
    key: 'p99',
    limit: 0.2,
    ...MOST,
    digits: 3,
    bound:
      'Nothing is copied. `Atomics.notify` takes 0.02 to 0.03 ms, but 0.4 ms in one call of twenty: the kernel lets the engine thread, which it wakes on the same core, run first until that one waits for FFmpeg. A message costs the same.',
  },
  {
    what: 'POST to first painted frame',
    measure: 'first-frame',
    conditions: { producer: 'live' },
    key: 'p95',
    limit: 300,
    ...MOST,
    digits: 0,
  },
  {
    what: 'POST to first painted frame, idle producer',
    measure: 'first-frame',
    conditions: { producer: 'idle' },
    key: 'p95',
    limit: 300,
    ...MOST,
    digits: 0,
  },
  ...(
    [
      ['chromium', 'h264'],
      ['chromium', 'vp8'],
      ['firefox', 'vp8'],
    ] as const
  ).flatMap(([browser, codec]): Target[] => [
    {
      what: `flat colour patches, ${browser}, ${codec}: error of any pixel`,
      measure: 'colours',
      conditions: { browser, codec },
      key: 'worst',
      unit: '/255',
      digits: 0,
      limit: 3,
      kind: 'most',
    },
    {
      what: `a still image after 2 s, ${browser}, ${codec}`,
      measure: 'still',
      conditions: { browser, codec, pushed: 'once' },
      key: 'psnr',
      unit: 'dB',
      digits: 1,
      limit: 42,
      kind: 'least',
    },
  ]),
]

function glass(
  what: string,
  measure: string,
  conditions: Target['conditions'],
  key: string,
  limit: number,
): Target {
  return { what: `${what}: ${key}`, measure, conditions, key, limit, ...MOST }
}

/** The result that a target is about, for one system; with VP8 for a system that has no H.264. */
export function findResult(
  results: readonly Result[],
  { measure, conditions }: Target,
  system: SystemName,
): Result | undefined {
  const find = (wanted: Target['conditions']) =>
    results.find(
      (result) =>
        result.measure === measure &&
        result.system === system &&
        Object.entries(wanted).every(([key, value]) => result.conditions[key] === value),
    )
  const found = find(conditions)
  if (found?.numbers || conditions.codec !== 'h264') return found
  const other = find({ ...conditions, codec: 'vp8' })
  return other?.numbers ? other : found
}

/** Undefined when it was not measured. */
export function isMet(target: Target, value: number | undefined): boolean | undefined {
  if (value === undefined || Number.isNaN(value)) return undefined
  return target.kind === 'most' ? value <= target.limit : value >= target.limit
}
