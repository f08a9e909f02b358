import { type IceServer, parseIceServerUrl } from '../common/ice-server.js'

/** More are not read: browsers complain about five. */
const MOST_SERVERS = 8
/** One link: its target, and its parameters up to the comma before the next one. */
const LINK =
  /<([^<>]{1,512})>((?:\s*;\s*[\w-]{1,32}\s*(?:=\s*(?:"(?:[^"\\]|\\.){0,512}"|[^\s",;]{1,512}))?)*)/g
const PARAMETER = /;\s*([\w-]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",;]+)))?/g

export interface LinkedServers {
  readonly servers: readonly IceServer[]
  /** Why some were left out, each a sentence for people. */
  readonly notes: readonly string[]
}

/** Reads the STUN and TURN servers of a Link header (RFC 9725 §4.6). What cannot be used is left out, with a note. */
export function readIceServers(header: string | null): LinkedServers {
  const servers: IceServer[] = []
  const notes: string[] = []
  for (const [, target = '', parameters = ''] of (header ?? '').slice(0, 16_384).matchAll(LINK)) {
    const values = new Map<string, string>()
    for (const [, name = '', quoted, plain] of parameters.matchAll(PARAMETER))
      values.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '')
    if (!values.get('rel')?.split(/\s+/).includes('ice-server')) continue
    const url = unescaped(target)
    const address = parseIceServerUrl(url)
    const username = values.get('username')
    const credential = values.get('credential')
    if (!address) notes.push(`an ICE server of the engine is none: ${JSON.stringify(url.slice(0, 80))}`)
    else if (address.scheme.endsWith('s') || address.transport !== 'udp')
      notes.push(`${url} is not used: ICE servers are spoken to over UDP alone`)
    else if (address.scheme === 'turn' && !(isText(username) && isText(credential)))
      notes.push(`${url} is not used: it comes without user name and credential`)
    else if (servers.length < MOST_SERVERS)
      servers.push({ url, ...(address.scheme === 'turn' && { username, credential }) })
  }
  return { servers, notes }
}

/** LiveKit escapes them, as if they were a part of a path. */
function unescaped(target: string): string {
  try {
    return decodeURIComponent(target)
  } catch {
    return target
  }
}

function isText(value: string | undefined): value is string {
  return value !== undefined && /^[ -~]{1,512}$/.test(value)
}
