import { SignalingError, show } from '../common/errors.js'
import type { EngineApi } from '../engine/api.js'
import type { Access } from './access/access.js'
import { accessRequest } from './access/request.js'
import { type App, pathSegment, resource } from './routing.js'

const IMAGE_TYPES = { png: 'image/png', jpg: 'image/jpeg' } as const

/** `GET /tracks`, the snapshots, and `GET /healthz`. */
export function addTracks(app: App, engine: EngineApi, access: Access): void {
  const started = performance.now()
  const noStore = { 'Cache-Control': 'no-store' }

  resource(app, '/tracks', {
    GET: async (context) => {
      const tracks = engine.tracks()
      const seen = await access.visible(
        accessRequest(context),
        tracks.map(({ name }) => name),
      )
      return Response.json({ tracks: tracks.filter(({ name }) => seen.has(name)) }, { headers: noStore })
    },
  })
  for (const format of ['png', 'jpg'] as const)
    resource(app, `/tracks/:name/snapshot.${format}`, {
      GET: async (context) => {
        const name = pathSegment(context, 2)
        await access.require(accessRequest(context), name, 'view')
        if (!engine.track(name)) throw new SignalingError(404, `there is no track ${show(name)}`)
        const image = await engine.snapshot(name, format)
        if (!image) throw new SignalingError(404, `track ${show(name)} has no image yet`)
        return new Response(new Uint8Array(image), {
          headers: {
            'Content-Type': IMAGE_TYPES[format],
            'Content-Length': `${image.byteLength}`,
            ...noStore,
          },
        })
      },
    })
  resource(app, '/healthz', {
    GET: () => {
      const tracks = engine.tracks()
      const viewers = tracks.reduce((sum, track) => sum + track.viewers, 0)
      /** Seconds. */
      const uptime = Math.round(performance.now() - started) / 1000
      return Response.json({ status: 'ok', tracks: tracks.length, viewers, uptime }, { headers: noStore })
    },
  })
}
