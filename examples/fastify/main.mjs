// pixelcast mounted in a Fastify app, behind the app's own sign-in.
//
//   node examples/fastify/main.mjs
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import Fastify from 'fastify'
import { createServer } from 'pixelcast'
import { fail, portOption, stopSignal } from '../shared/program.mjs'
import { startRobot } from '../shared/robot/index.mjs'
import { createAccounts, PAGES, serveTelemetry } from '../shared/robot-app/index.mjs'

const stop = stopSignal()
const { accounts, password } = createAccounts()
// No port of its own: requests come through the app, media past it.
const pixelcast = await createServer({ listen: false }).catch(fail)
const robot = startRobot(pixelcast, stop)

const app = Fastify({ forceCloseConnections: true })
const page = async (name) => readFile(join(PAGES, name))
/** For a route that everybody may use. */
const open = { config: { isOpen: true } }

// The guard of all routes, those of pixelcast too: `onRequest` comes before any body is read.
app.addHook('onRequest', async (request, reply) => {
  if (request.routeOptions.config.isOpen || accounts.knows(request.headers.cookie)) return
  if (request.method === 'GET' && request.headers.accept?.includes('text/html'))
    return reply.redirect('/sign-in', 303)
  return reply.code(401).send({ error: 'sign in first' })
})

app.get('/public/style.css', open, async (_request, reply) =>
  reply.type('text/css').send(await page('public/style.css')),
)
app.get('/public/app.js', open, async (_request, reply) =>
  reply.type('text/javascript').send(await page('public/app.js')),
)
app.get('/sign-in', open, async (_request, reply) => reply.type('text/html').send(await page('sign-in.html')))
app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, async (_request, body) =>
  Object.fromEntries(new URLSearchParams(body)),
)
app.post('/sign-in', open, async (request, reply) => {
  const cookie = accounts.signIn(request.body?.password)
  if (cookie) reply.header('Set-Cookie', cookie)
  return reply.redirect(cookie ? '/' : '/sign-in#wrong', 303)
})

// pixelcast: the viewer, WHEP, snapshots. Fastify's body parsers are out of its way, and the prefix is cut off.
await app.register(
  async (live) => {
    live.removeAllContentTypeParsers()
    live.addContentTypeParser('*', (_request, _payload, done) => done(null))
    live.all('/*', (request, reply) => {
      reply.hijack()
      request.raw.url = request.url.slice('/live'.length)
      pixelcast.nodeHandler(request.raw, reply.raw)
    })
  },
  { prefix: '/live' },
)

// The app itself
app.get('/', async (_request, reply) => reply.type('text/html').send(await page('index.html')))
app.get('/api/robot', async () => robot.telemetry)
app.post('/api/robot', async (request) => {
  robot.isPaused = request.body?.isPaused === true
  return robot.telemetry
})

const address = await app.listen({ port: portOption(), host: '127.0.0.1' }).catch(fail)
console.log(`Watch at ${address}/ with the password ${password}`)
await serveTelemetry(app.server, robot, accounts, stop)

await app.close()
await pixelcast.close()
