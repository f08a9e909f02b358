import type { RequestContext } from '../routing.js'
import type { AccessRequest } from './types.js'

/** A request as access is decided by. */
export function accessRequest(context: RequestContext): AccessRequest {
  const { req } = context
  const address = context.get('address')
  return {
    method: req.method,
    url: req.url,
    headers: Object.fromEntries(req.raw.headers),
    ...(address !== undefined && { address }),
  }
}
