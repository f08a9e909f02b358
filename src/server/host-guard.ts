import { isIP } from 'node:net'
import type { MiddlewareHandler } from 'hono'
import { hostName, isLoopback } from './loopback.js'
import { problem } from './problem.js'
import type { ServerEnv } from './routing.js'

/**
 * Guards a server on loopback against DNS rebinding: a foreign page whose name is made to resolve to
 * 127.0.0.1 would be of the same origin as the server, for the browser. Such a request carries the foreign
 * name in Host, so only loopback's own names, IP addresses (which cannot be rebound) and `allowedHosts`
 * (names without port, or `*`) are answered; others get 403. Off when `boundTo` is not loopback: the
 * server is then meant for others, under names it cannot know.
 */
export function hostGuard(
  boundTo: string | undefined,
  allowedHosts: readonly string[] = [],
): MiddlewareHandler<ServerEnv> {
  const refusal = hostCheck(boundTo, allowedHosts)
  return async (context, next) => {
    if (context.env?.forwarded) return next()
    return refusal(context.req.header('host') ?? new URL(context.req.url).host) ?? next()
  }
}

/** The check itself: an answer for those Host headers that are refused. */
export function hostCheck(
  boundTo: string | undefined,
  allowedHosts: readonly string[] = [],
): (given: string) => Response | undefined {
  const allowed = new Set(allowedHosts.map((host) => hostName(host)))
  const active = boundTo !== undefined && isLoopback(hostName(boundTo)) && !allowed.has('*')
  return (given) => {
    const name = hostName(given)
    if (!active || isIP(name) !== 0 || isLoopback(name) || allowed.has(name)) return undefined
    return problem(
      403,
      `Host: expected localhost or an IP address, got ${JSON.stringify(given.slice(0, 100))}; ` +
        `this server listens on ${boundTo} only. To serve it under that name, add the name to allowedHosts`,
    )
  }
}
