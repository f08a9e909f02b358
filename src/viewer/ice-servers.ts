/** As `RTCPeerConnection` takes it. */
export interface NamedIceServer {
  urls: string
  username?: string
  credential?: string
}

/**
 * Reads the ICE servers of a `Link` header (draft-ietf-wish-whep-03 §4.6):
 * `<turn:host>; rel="ice-server"; username="…"; credential="…"; credential-type="password", <stun:host>; …`.
 * What is no ICE server is passed over, and a TURN server without credentials, which no browser takes.
 */
export function readIceServers(link: string | null): NamedIceServer[] {
  const servers: NamedIceServer[] = []
  for (const [, url = '', text = ''] of (link ?? '').matchAll(/<([^>]*)>((?:[^,"]|"(?:[^"\\]|\\.)*")*)/g)) {
    const parameters = readParameters(text)
    if (parameters.get('rel') !== 'ice-server' || !/^(stun|turn)s?:/.test(url)) continue
    const username = parameters.get('username')
    const credential = parameters.get('credential')
    if (/^turn/.test(url) && (username === undefined || credential === undefined)) continue
    servers.push({
      urls: url,
      ...(username !== undefined && { username }),
      ...(credential !== undefined && { credential }),
    })
  }
  return servers
}

function readParameters(text: string): Map<string, string> {
  const parameters = new Map<string, string>()
  for (const [, name = '', quoted, token] of text.matchAll(
    /;\s*([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;,\s]+))/g,
  ))
    parameters.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? token ?? '')
  return parameters
}
