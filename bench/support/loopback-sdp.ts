// All media stays on 127.0.0.1, whatever a system or a browser gathers.

const FORMATS = /^m=\S+ \S+ \S+ (.*)$/gm
const FEEDBACK = /^a=rtcp-fb:(\d+) /
const CANDIDATE = /^a=candidate:(\S+) (\d+) (\S+) (\d+) (\S+) (\d+) (.*)$/

/**
 * Chromium hides its addresses behind `.local` names, which systems would look up by multicast; its
 * sockets listen on every address, so loopback is as true as the name. TCP is of no use to any of them.
 *
 * Firefox leaves the feedback of codecs in the offer that setCodecPreferences took out of it, and
 * libwebrtc refuses such offers; a page that takes what it is given does not have that trouble.
 */
export function offerForSystem(sdp: string): string {
  const formats = new Set([...sdp.matchAll(FORMATS)].flatMap(([, list]) => list?.trim().split(' ') ?? []))
  return eachLine(sdp, (line) => {
    const format = FEEDBACK.exec(line)?.[1]
    if (format !== undefined && !formats.has(format)) return undefined
    const candidate = CANDIDATE.exec(line)
    if (!candidate) return line
    const [, foundation, component, protocol, priority, address, port, rest] = candidate
    if (protocol?.toLowerCase() !== 'udp') return undefined
    const plain = address?.endsWith('.local') ? '127.0.0.1' : address
    return `a=candidate:${foundation} ${component} ${protocol} ${priority} ${plain} ${port} ${rest}`
  })
}

/** Leaves the viewer nothing but the system's UDP candidates on loopback. */
export function answerForViewer(sdp: string): string {
  return eachLine(sdp, (line) => {
    const candidate = CANDIDATE.exec(line)
    if (!candidate) return line
    return candidate[3]?.toLowerCase() === 'udp' && candidate[5] === '127.0.0.1' ? line : undefined
  })
}

function eachLine(sdp: string, change: (line: string) => string | undefined): string {
  const lines = sdp.split(/\r?\n/).map(change)
  return lines.filter((line) => line !== undefined).join('\r\n')
}
