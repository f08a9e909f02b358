import { createHash } from 'node:crypto'
import { VIDEO_CODECS, type VideoCodec } from '../common/codec.js'
import { SignalingError, show } from '../common/errors.js'
import type { IceServerAccess } from '../common/ice-server.js'
import type { ConnectOptions, EngineApi } from '../engine/api.js'
import { MAX_SDP_BYTES } from '../signaling/index.js'
import { Access } from './access/access.js'
import { accessRequest } from './access/request.js'
import { expectContentType, hasContentType, readText } from './body.js'
import { problem } from './problem.js'
import { holderOf } from './requester.js'
import { type App, pathSegment, type RequestContext, resource } from './routing.js'
import { MAX_SOCKET_REQUEST_BYTES, readSocketRequest } from './socket/request.js'

const SDP = 'application/sdp'
const JSON_TYPE = 'application/json'
const TRICKLE = 'application/trickle-ice-sdpfrag'

export interface WhepOptions {
  /** Sessions over a WebSocket may be begun: somebody takes these. Default false. */
  readonly sockets?: boolean
  /** Longest body. Default: `MAX_SDP_BYTES`. */
  readonly bodyBytes?: number
  /** Who may do what. Default: nothing is asked for. */
  readonly access?: Access
}

/**
 * WHEP (draft-ietf-wish-whep-03): the endpoint of a track, `/whep/NAME`, and the resource of a session,
 * `/whep/sessions/ID`, whose id is a secret between server and viewer. With `sockets` a session can also be begun for a
 * WebSocket (see common/socket-protocol.ts); who takes these is not known here.
 */
export function addWhep(app: App, engine: EngineApi, options: WhepOptions = {}): void {
  const { sockets = false, bodyBytes = MAX_SDP_BYTES, access = new Access() } = options
  const takesSockets = ({ env }: RequestContext) => env?.sockets ?? sockets
  const acceptPost = (has: boolean) => ({ 'Accept-Post': has ? `${SDP}, ${JSON_TYPE}` : SDP })
  resource(
    app,
    '/whep/:name',
    {
      GET: async (context) => {
        const name = pathSegment(context, 2)
        await access.require(accessRequest(context), name, 'view')
        if (!engine.track(name)) throw new SignalingError(404, `there is no track ${show(name)}`)
        return new Response(null, { status: 204, headers: acceptPost(takesSockets(context)) })
      },
      POST: async (context) => {
        const name = pathSegment(context, 2)
        const holder = holderOf(await access.admit(accessRequest(context), name, 'view'))
        const isForSocket = takesSockets(context) && hasContentType(context.req.raw, JSON_TYPE)
        if (!isForSocket) expectContentType(context.req.raw, SDP)
        const connectOptions = {
          ...(await readOptions(context, name, access)),
          ...(holder !== undefined && { holder }),
        }
        if (isForSocket) return beginSocketSession(context, engine, name, connectOptions)
        const offer = await readText(context, bodyBytes)
        const { session, answerSdp, iceServers } = await engine.connect(name, offer, connectOptions)
        return new Response(answerSdp, {
          status: 201,
          headers: {
            ...(iceServers.length > 0 && { Link: iceServers.map(linkTo).join(', ') }),
            'Content-Type': SDP,
            ...sessionHeaders(session),
          },
        })
      },
    },
    acceptPost(sockets),
  )
  resource(
    app,
    '/whep/sessions/:id',
    {
      GET: (context) => {
        const session = pathSegment(context, 3)
        if (!engine.hasSession(session)) throw noSession()
        return new Response(null, {
          status: 204,
          headers: { ETag: sessionTag(session), 'Cache-Control': 'no-store' },
        })
      },
      PATCH: async (context) => {
        const session = pathSegment(context, 3)
        if (!engine.hasSession(session)) throw noSession()
        expectContentType(context.req.raw, TRICKLE)
        checkIfMatch(context.req.header('if-match'), sessionTag(session))
        await engine.addCandidates(session, await readText(context, bodyBytes))
        return new Response(null, { status: 204 })
      },
      DELETE: (context) => {
        if (!engine.disconnect(pathSegment(context, 3))) throw noSession()
        return new Response(null, { status: 200 })
      },
    },
    { 'Accept-Patch': TRICKLE },
  )
  // Requests for the upgrade itself do not come here.
  resource(app, '/whep/sessions/:id/socket', {
    GET: (context) => {
      if (!engine.hasSession(pathSegment(context, 3))) throw noSession()
      return problem(426, 'this is the address of a WebSocket', {
        Upgrade: 'websocket',
        Connection: 'Upgrade',
      })
    },
  })
}

async function beginSocketSession(
  context: RequestContext,
  engine: EngineApi,
  name: string,
  options: ConnectOptions,
): Promise<Response> {
  const codecs = readSocketRequest(await readText(context, MAX_SOCKET_REQUEST_BYTES))
  const { session } = engine.connectSocket(name, codecs, options)
  return new Response(null, { status: 201, headers: sessionHeaders(session) })
}

function sessionHeaders(session: string): Record<string, string> {
  return {
    // Relative to the endpoint's URL, so that it holds behind any prefix that a proxy or another web server has
    // put in front.
    Location: `../whep/sessions/${encodeURIComponent(session)}`,
    ETag: sessionTag(session),
    'Cache-Control': 'no-store',
  }
}

/** What the URL and the headers say of a session, whatever the way that it goes. */
async function readOptions(context: RequestContext, track: string, access: Access): Promise<ConnectOptions> {
  const { req } = context
  const codecs = readCodecs(req.query('codec'))
  const watchesOnly = readControl(req.query('control'))
  const request = accessRequest(context)
  const control = watchesOnly ? false : await access.mayControl(request, track)
  const { address } = request
  return {
    ...(codecs && { codecs }),
    ...(address !== undefined && { address }),
    ...(control !== undefined && { control }),
  }
}

/** An ICE server as a link (draft-ietf-wish-whep-03 §4.6; RFC 9725 §4.6). */
function linkTo({ url, username, credential }: IceServerAccess): string {
  const quoted = (text: string) => `"${text.replace(/[\\"]/g, '\\$&')}"`
  const access = [
    ...(username === undefined ? [] : [`username=${quoted(username)}`]),
    ...(credential === undefined ? [] : [`credential=${quoted(credential)}`, 'credential-type="password"']),
  ]
  return [`<${url}>`, 'rel="ice-server"', ...access].join('; ')
}

function noSession(): SignalingError {
  return new SignalingError(404, 'there is no such session (any more)')
}

/** `?codec=vp8`: for clients that cannot reorder the codecs of their offer. */
function readCodecs(codec: string | undefined): VideoCodec[] | undefined {
  if (codec === undefined) return undefined
  const known = VIDEO_CODECS.find((name) => name === codec.toLowerCase())
  if (!known)
    throw new SignalingError(400, `codec: expected ${VIDEO_CODECS.join(' or ')}, got ${show(codec)}`)
  return [known]
}

/** `?control=off`: a viewer that only watches; under the rule `first` it does not take the others' turn. */
function readControl(control: string | undefined): boolean {
  if (control !== undefined && control !== 'off')
    throw new SignalingError(400, `control: expected off, or nothing, got ${show(control)}`)
  return control === 'off'
}

/**
 * RFC 9725 §4.3.1: the entity tag stands for the ICE session. There are no ICE restarts here, so that it
 * lasts as long as the session; a hash, because tags end up in more places than URLs do.
 */
function sessionTag(session: string): string {
  return `"${createHash('sha256').update(session).digest('base64url').slice(0, 22)}"`
}

/** RFC 9110 §13.1.1, with strong comparison: a weak tag matches nothing. */
function checkIfMatch(ifMatch: string | undefined, tag: string): void {
  if (ifMatch === undefined) throw new SignalingError(428, `If-Match: expected the ETag of the session, or *`)
  const matches = ifMatch.split(',').some((candidate) => candidate.trim() === tag || candidate.trim() === '*')
  if (!matches) throw new SignalingError(412, 'If-Match: that is not the ETag of this ICE session')
}
