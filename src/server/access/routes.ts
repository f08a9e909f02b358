import { SignalingError } from '../../common/errors.js'
import type { EngineApi } from '../../engine/api.js'
import { readText } from '../body.js'
import { type App, type RequestContext, resource } from '../routing.js'
import { type Access, MOST_COOKIES } from './access.js'
import { cookie, readCookies, removeCookies } from './cookies.js'
import { accessRequest } from './request.js'
import { isOfAnotherOrigin } from './same-origin.js'
import { checkTicketOptions } from './ticket-options.js'
import type { AccessRequest } from './types.js'

/** A wish for a ticket is short, bytes. */
const MOST_WISH_BYTES = 4_096

/** Of all cookies that a browser keeps: with more than 16 kB of headers Node answers 431. */
const MOST_COOKIE_BYTES = 8_192

/** Where a ticket may lead: the pages, and nothing outside. Its query may hold what pages understand. */
const PAGE = /^(view\/[^/?#\\]+)?(\?[^#\\]*)?$/

/**
 * `/access`: where a page gets its cookie for a token or for a ticket, and `/access/tickets`, where tickets are made.
 * The cookies have to be set here and nowhere deeper: see `cookie`.
 */
export function addAccess(app: App, engine: Pick<EngineApi, 'tracks'>, access: Access): void {
  const names = () => engine.tracks().map(({ name }) => name)

  resource(app, '/access', {
    GET: async (context) => {
      const ticket = context.req.query('ticket')
      if (ticket !== undefined && context.req.method === 'GET') return redeem(context, access, ticket)
      const track = context.req.query('track')
      const request = accessRequest(context)
      if (track === undefined) await access.visible(request, names())
      else await access.require(request, track, 'view')
      return done()
    },
    POST: async (context) => {
      const request = accessRequest(context)
      checkOrigin(context)
      const { secret, maxAge } = await access.signIn(request, context.req.query('track'), names())
      return setCookie(done(), request, cookie(request, secret, { maxAge }), access)
    },
    DELETE: (context) => {
      const request = accessRequest(context)
      checkOrigin(context)
      const cookies = readCookies(request)
      for (const { secret } of cookies) access.tickets.signOut(secret)
      return withCookies(done(), removeCookies(request, cookies))
    },
  })
  resource(app, '/access/tickets', {
    POST: async (context) => {
      const wish = checkTicketOptions(parse(await readText(context, MOST_WISH_BYTES)))
      const { ticket, path, expires } = await access.createTicket(accessRequest(context), wish)
      // Relative to this address, so that it holds behind any prefix.
      const url = `../${path}`
      const body = { ticket, url, expires: new Date(expires).toISOString() }
      return Response.json(body, { status: 201, headers: { Location: url, 'Cache-Control': 'no-store' } })
    },
  })
}

/**
 * For a page that was opened with `?ticket=`: the way to where it is redeemed, and back. Undefined without one, or with
 * one that is not good any more.
 */
export function ticketDetour({ req }: RequestContext, access: Access, root: string): Response | undefined {
  const { pathname, searchParams } = new URL(req.url)
  const ticket = searchParams.get('ticket')
  // What is only looked at ahead, by a browser or a program that makes previews, is not to use it up.
  if (ticket === null || req.method !== 'GET' || !access.tickets.isGood(ticket)) return undefined
  searchParams.delete('ticket')
  const rest = searchParams.size > 0 ? `?${searchParams}` : ''
  const query = new URLSearchParams({ ticket, to: `${pathname.slice(1)}${rest}` })
  return seeOther(`${root}access?${query}`)
}

function redeem(context: RequestContext, access: Access, ticket: string): Response {
  const to = context.req.query('to') ?? ''
  if (!PAGE.test(to)) throw new SignalingError(400, 'to: expected a page of this server')
  if (context.req.header('sec-purpose')?.includes('prefetch'))
    throw new SignalingError(503, 'a ticket is redeemed by who opens it, and not ahead of that')
  const request = accessRequest(context)
  const signIn = access.tickets.redeem(ticket, request.address)
  if (!signIn)
    throw new SignalingError(401, 'this ticket was used before, or has expired: ask for another one')
  return setCookie(seeOther(`./${to}`), request, cookie(request, signIn.secret, signIn), access)
}

/**
 * Takes those away that are worth nothing any more, or that are too many to count: they would fill the browser, which
 * has room for some hundred, and the header.
 */
function setCookie(answer: Response, request: AccessRequest, made: string, { tickets }: Access): Response {
  const others = readCookies(request).filter(({ name }) => !made.startsWith(`${name}=`))
  let [count, bytes] = [1, made.length]
  const surplus = others.reverse().filter(({ name, secret }) => {
    const isGood = tickets.find(secret) !== undefined
    if (isGood) bytes += name.length + secret.length
    return !isGood || count++ >= MOST_COOKIES || bytes > MOST_COOKIE_BYTES
  })
  return withCookies(answer, [...removeCookies(request, surplus), made])
}

function withCookies(answer: Response, cookies: readonly string[]): Response {
  for (const one of cookies) answer.headers.append('Set-Cookie', one)
  return answer
}

function checkOrigin(context: RequestContext): void {
  if (isOfAnotherOrigin(accessRequest(context)))
    throw new SignalingError(403, 'Origin: expected this server’s own pages, got another origin')
}

function parse(text: string): unknown {
  if (text.trim() === '') return {}
  try {
    return JSON.parse(text)
  } catch {
    throw new SignalingError(
      400,
      'the body: expected JSON, as { "track": "camera", "rights": ["view"], "lifetime": 3600 }',
    )
  }
}

function done(): Response {
  return new Response(null, { status: 204, headers: { 'Cache-Control': 'no-store' } })
}

function seeOther(location: string): Response {
  return new Response(null, { status: 303, headers: { Location: location, 'Cache-Control': 'no-store' } })
}
