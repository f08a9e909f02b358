import type { MiddlewareHandler } from 'hono'
import { isProblem, type Problem } from './problem.js'
import type { ServerEnv } from './routing.js'

/** A request that was answered. Without its path and headers: they may hold what is secret. */
export interface AnsweredRequest {
  readonly method: string
  /** Class of route. */
  readonly route: RouteClass
  readonly status: number
  /** ms, to the answer's headers; of one with a body, to its end. */
  readonly duration: number
  /** Of an error answer, for people; may quote what came. */
  readonly detail?: string
}

export type RouteClass =
  | 'page'
  | 'asset'
  | 'tracks'
  | 'snapshot'
  | 'image'
  | 'stream'
  | 'whep'
  | 'session'
  | 'health'
  | 'metrics'
  | 'other'

const ROUTES: readonly (readonly [RegExp, RouteClass])[] = [
  [/^\/$|^\/view\//, 'page'],
  [/^\/assets\//, 'asset'],
  [/^\/tracks$/, 'tracks'],
  [/^\/tracks\/[^/]+\/snapshot\.\w+$/, 'snapshot'],
  [/^\/tracks\/[^/]+\/image$/, 'image'],
  [/^\/tracks\/[^/]+\/stream$/, 'stream'],
  [/^\/whe?i?p\/sessions\//, 'session'],
  [/^\/whe?i?p\/[^/]+$/, 'whep'],
  [/^\/(healthz|readyz)$/, 'health'],
  [/^\/metrics$/, 'metrics'],
]

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** Tells of every request when it was answered. */
export function observe(
  onRequest: (request: AnsweredRequest) => void,
  wantsDetail: boolean,
): MiddlewareHandler<ServerEnv> {
  return async (context, next) => {
    const start = performance.now()
    await next()
    const { req, res } = context
    const problem = wantsDetail && isProblem(res) ? ((await res.clone().json()) as Problem) : undefined
    onRequest({
      method: METHODS.has(req.method) ? req.method : 'other',
      route: routeClass(new URL(req.url).pathname),
      status: res.status,
      duration: Math.round(performance.now() - start),
      ...(problem && { detail: problem.detail }),
    })
  }
}

export function routeClass(path: string): RouteClass {
  return ROUTES.find(([pattern]) => pattern.test(path))?.[1] ?? 'other'
}
