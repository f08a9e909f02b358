import type { EngineApi } from '../engine/api.js'
import { type App, resource } from './routing.js'

/** `GET /readyz`: 200 while new sessions are taken, else 503 with the reason. For load balancers. */
export function addReadiness(app: App, engine: EngineApi): void {
  resource(app, '/readyz', {
    GET: () => {
      const readiness = engine.readiness()
      const status = readiness.status === 'ready' ? 200 : 503
      return Response.json(readiness, { status, headers: { 'Cache-Control': 'no-store' } })
    },
  })
}
