/** The body of a PATCH: `application/trickle-ice-sdpfrag`; undefined when there is nothing to say. */
export function trickleFragment(
  sdp: string,
  candidates: readonly { readonly candidate: string; readonly sdpMid: string | null }[],
): string | undefined {
  const line = (pattern: RegExp): string | undefined => pattern.exec(sdp)?.[0]
  const credentials = [line(/^a=ice-ufrag:.*$/m), line(/^a=ice-pwd:.*$/m)]
  if (candidates.length === 0 || credentials.includes(undefined)) return undefined
  const mid = candidates[0]?.sdpMid ?? '0'
  const lines = candidates.map(({ candidate }) => `a=${candidate}`)
  return [...credentials, 'm=video 9 UDP/TLS/RTP/SAVPF 0', `a=mid:${mid}`, ...lines, '']
    .map((text) => text?.trimEnd())
    .join('\r\n')
}
