import { monotonicNow } from '../../common/clock.js'
import { SignalingError, show } from '../../common/errors.js'
import type { AccessRule } from '../access/access.js'
import { accessRequest } from '../access/request.js'
import { type App, pathSegment, type RequestContext, resource } from '../routing.js'
import { BodyReader, readStream } from './body-reader.js'
import { countFate, toldOf } from './fates.js'
import { checkPage, checkSender, checkTaken } from './guard.js'
import { OneSlotEach } from './one-slot.js'
import { Pace } from './pace.js'
import { postStream } from './post-stream.js'
import { checkLength, putImage } from './put-image.js'
import { readRawLayout } from './raw-layout.js'
import { Senders } from './senders.js'
import type { IngestGate, IngestSettings } from './settings.js'
import { findTrack } from './track-of.js'

export interface IngestRoutes {
  /** Undefined: images are not taken. */
  readonly settings: IngestSettings | undefined
  readonly gate: IngestGate
  readonly access: AccessRule
  /** Only this machine can reach the server. */
  readonly isPrivate: boolean
}

const ACCEPTED = 'multipart/x-mixed-replace, image/jpeg, image/png, image/webp, application/octet-stream'

/** `PUT /tracks/NAME/image` and `POST /tracks/NAME/stream`: images from programs that are not Node. */
export function addIngest(app: App, { settings, gate, access, isPrivate }: IngestRoutes): void {
  const senders = new Senders(settings?.maxSenders ?? 0)
  const slots = new OneSlotEach()
  const pace = new Pace(settings)

  /** Everything that can be said before the body is read; then reads it. */
  async function receive(
    context: RequestContext,
    prepare: (settings: IngestSettings) => (body: BodyReader) => Promise<Response>,
  ): Promise<Response> {
    const { headers } = context.req.raw
    const listening = isPrivate ? 'loopback' : 'anywhere'
    checkTaken(settings)
    if (access.isAsked('publish')) {
      const request = accessRequest(context)
      checkPage(request)
      await access.require(request, pathSegment(context, 2), 'publish')
    } else checkSender(headers, context.env?.forwarded ? 'own-server' : listening)
    const encoding = headers.get('content-encoding')
    if (encoding !== null && encoding.trim().toLowerCase() !== 'identity')
      throw new SignalingError(415, `Content-Encoding: expected none, got ${show(encoding)}`)
    const read = prepare(settings)
    return senders.run(async () => {
      const incoming = context.env?.body
      const body = new BodyReader(
        incoming?.read ?? readStream(context.req.raw),
        settings.timeout,
        pace.bytes(),
      )
      incoming?.accept()
      incoming?.takeTime()
      try {
        return await read(body)
      } finally {
        body.close()
      }
    })
  }

  resource(app, '/tracks/:name/image', {
    PUT: (context) =>
      receive(context, (settings) => {
        const name = pathSegment(context, 2)
        const track = findTrack(gate, settings, name)
        const layout = readRawLayout(queryOf(context))
        const length = contentLength(context)
        checkLength({ layout, length }, settings.maxBytes)
        if (track) pace.admit(track, monotonicNow())
        return async (body) => {
          await countFate(gate, putImage({ name, track, layout, length }, body, { gate, settings, slots }))
          return new Response(null, { status: 204 })
        }
      }),
  })
  resource(
    app,
    '/tracks/:name/stream',
    {
      POST: (context) =>
        receive(context, (settings) => {
          const name = pathSegment(context, 2)
          const track = findTrack(gate, settings, name)
          const layout = readRawLayout(queryOf(context))
          checkLength({ layout, length: undefined }, settings.maxBytes)
          const contentType = context.req.header('content-type') ?? ''
          return (body) =>
            toldOf(gate, name, () =>
              postStream({ name, track, contentType, layout }, body, { gate, settings, slots, pace }),
            )
        }),
    },
    { 'Accept-Post': ACCEPTED },
  )
}

/** Whether a request is for the routes above, whatever its method. */
export function isIngest({ url }: Request): boolean {
  return /^\/tracks\/[^/]+\/(image|stream)$/.test(new URL(url).pathname)
}

function queryOf({ req }: RequestContext): URLSearchParams {
  return new URL(req.url).searchParams
}

function contentLength({ req }: RequestContext): number | undefined {
  const text = req.header('content-length')
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}
