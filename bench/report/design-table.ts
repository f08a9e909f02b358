import type { Result } from '../bench.js'
import { SYSTEM_NAMES, type SystemName } from '../systems.js'
import { findResult, isMet, TARGETS, type Target } from './targets.js'
import { show, textTable } from './text-table.js'

const PEERS = SYSTEM_NAMES.filter((name) => name !== 'pixelcast')

/** DESIGN §6 from one run: target, pixelcast, each peer with its ratio to pixelcast. */
export function designTable(results: readonly Result[]): string {
  const head = ['what', 'target', 'pixelcast', 'met', ...PEERS]
  const rows = TARGETS.map((target) => {
    const own = findResult(results, target, 'pixelcast')
    const value = own?.numbers?.[target.key]
    const met = isMet(target, value)
    return [
      target.what,
      `${target.kind === 'most' ? '≤' : '≥'} ${target.limit} ${target.unit}`.trim(),
      cell(own, target),
      met === undefined ? '–' : met ? 'yes' : '**no**',
      ...PEERS.map((name) => peerCell(results, target, name, value)),
    ]
  })
  return `${textTable([head, ...rows])}

In brackets: what it was measured with when not with H.264 or the codec named, times the number of
pixelcast, and the number of samples (n) behind each number. @roamhq/wrtc has no H.264.`
}

/** A paragraph for each target that this run did not meet. */
export function unmetTargets(results: readonly Result[]): string {
  const paragraphs = TARGETS.flatMap((target) => {
    const result = findResult(results, target, 'pixelcast')
    const value = result?.numbers?.[target.key]
    const met = isMet(target, value)
    if (met === true) return []
    const is =
      met === undefined
        ? `not measured (${result?.skipped ?? 'not part of this run'})`
        : `${show(value, target.digits)} ${target.unit}`
    return [
      `**${target.what}**: ${is}, asked for: ${target.kind === 'most' ? 'at most' : 'at least'} ${target.limit} ${target.unit}. ${target.bound ?? ''}`.trim(),
    ]
  })
  return paragraphs.length > 0 ? paragraphs.join('\n\n') : 'All targets are met.'
}

function cell(result: Result | undefined, { key, digits }: Target): string {
  if (!result) return 'not run'
  if (!result.numbers) return 'skipped'
  return `${show(result.numbers[key], digits)} (n ${result.numbers.n})`
}

function peerCell(
  results: readonly Result[],
  target: Target,
  name: SystemName,
  own: number | undefined,
): string {
  const result = findResult(results, target, name)
  if (!result) return 'n/a'
  const { numbers, conditions } = result
  if (!numbers) return 'skipped'
  const { n, never } = numbers
  const nothing = never ? `${never} of ${never + n} saw nothing` : ''
  const value = numbers[target.key]
  if (value === undefined || Number.isNaN(value)) return nothing || '–'
  const ratio = own !== undefined && own > 0 ? value / own : undefined
  const codec = result.codec ?? conditions.codec
  const asked = target.conditions.codec ?? 'h264'
  const remarks = [
    codec === undefined || codec === asked ? '' : String(codec),
    ratio === undefined ? '' : `×${show(ratio, ratio < 10 ? 1 : 0)}`,
    `n ${n}`,
    nothing,
  ]
  return `${show(value, target.digits)} (${remarks.filter((text) => text !== '').join(', ')})`
}
