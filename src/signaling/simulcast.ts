import { asText, isToken, type MediaSection } from './sdp-text.js'

/**
 * Names of the rungs, the largest first: what LiveKit maps to its qualities (full, half and quarter), and Janus, which
 * goes by the order, takes in this one.
 */
const RIDS = ['f', 'h', 'q'] as const

/** The rids to offer for so many rungs, the largest first; none for one. */
export function simulcastRids(rungs: number): readonly string[] {
  return rungs < 2 ? [] : RIDS.slice(0, rungs)
}

/** What an offer says of its rungs (RFC 8851 §4, RFC 8853 §5.1). */
export function simulcastLines(rids: readonly string[]): string[] {
  if (rids.length === 0) return []
  return [...rids.map((rid) => `a=rid:${rid} send`), `a=simulcast:send ${rids.join(';')}`]
}

/**
 * Which of the offered rungs an answer takes, in the order of the offer (RFC 8853 §5.3.3): those that its a=simulcast
 * names to be received and that an a=rid describes; of alternatives the first. One that it wants paused (`~`) is none,
 * and one with restrictions (RFC 8851 §5) that are not known to be kept neither.
 */
export function readTakenRids(
  section: MediaSection,
  offered: readonly string[],
  payloadType: number,
): readonly string[] {
  const { simulcast } = section
  const list =
    simulcast?.dir1 === 'recv' ? simulcast.list1 : simulcast?.dir2 === 'recv' ? simulcast.list2 : undefined
  const described = new Set(
    (section.rids ?? [])
      .filter(({ direction, params }) => direction === 'recv' && isKept(asText(params), payloadType))
      .map(({ id }) => asText(id)),
  )
  const isTaken = (rid: string) => isToken(rid) && offered.includes(rid) && described.has(rid)
  const taken = new Set(
    (asText(list) ?? '').split(';').flatMap((alternatives) => alternatives.split(',').find(isTaken) ?? []),
  )
  return offered.filter((rid) => taken.has(rid))
}

/** The only restriction that is understood is a choice of payload types. */
function isKept(parameters: string | undefined, payloadType: number): boolean {
  if (!parameters) return true
  const payloadTypes = /^pt=([\d,]+)$/.exec(parameters.trim())?.[1]
  return payloadTypes?.split(',').includes(String(payloadType)) ?? false
}
