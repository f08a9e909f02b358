import type { RequestContext } from '../routing.js'
import type { AccessRequest } from './types.js'

/** A request as access is decided by. */
export function accessRequest({ req, env }: RequestContext): AccessRequest {
  const address = env?.address
  return {
    method: req.method,
    url: req.url,
    headers: Object.fromEntries(req.raw.headers),
    ...(address !== undefined && { address }),
  }
}
