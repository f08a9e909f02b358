// pixelcast mounted in a Hono app, behind the app's own sign-in.
//
//   node examples/hono/main.mjs
import { serve } from '@hono/node-server'
import { serveStatic } from '@hono/node-server/serve-static'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { createServer } from 'pixelcast'
import { fail, portOption, stopSignal } from '../shared/program.mjs'
import { startRobot } from '../shared/robot/index.mjs'
import { createAccounts, PAGES, serveTelemetry } from '../shared/robot-app/index.mjs'

const stop = stopSignal()
const { accounts, password } = createAccounts()
// No port of its own: requests come through the app, media past it.
const pixelcast = await createServer({ listen: false }).catch(fail)
const robot = startRobot(pixelcast, stop)

const app = new Hono()

// What everybody may see
app.get('/public/*', serveStatic({ root: PAGES }))
app.get('/sign-in', serveStatic({ root: PAGES, path: 'sign-in.html' }))
app.post('/sign-in', bodyLimit({ maxSize: 4096 }), async (context) => {
  const { password: given } = await context.req.parseBody().catch(() => ({}))
  const cookie = accounts.signIn(given)
  if (cookie) context.header('Set-Cookie', cookie)
  return context.redirect(cookie ? '/' : '/sign-in#wrong', 303)
})

// The guard of all that follows
app.use(async (context, next) => {
  if (accounts.knows(context.req.header('Cookie'))) return next()
  if (context.req.method === 'GET' && context.req.header('Accept')?.includes('text/html'))
    return context.redirect('/sign-in', 303)
  return context.json({ error: 'sign in first' }, 401)
})

// pixelcast: the viewer, WHEP, snapshots
app.mount('/live', pixelcast.fetch)

// The app itself
app.get('/', serveStatic({ root: PAGES, path: 'index.html' }))
app.get('/api/robot', (context) => context.json(robot.telemetry))
app.post('/api/robot', async (context) => {
  const body = await context.req.json().catch(() => undefined)
  robot.isPaused = body?.isPaused === true
  return context.json(robot.telemetry)
})

const options = { fetch: app.fetch, port: portOption(), hostname: '127.0.0.1' }
const http = serve(options, ({ port }) => {
  console.log(`Watch at http://127.0.0.1:${port}/ with the password ${password}`)
})
http.on('error', fail)
await serveTelemetry(http, robot, accounts, stop)

http.close()
http.closeAllConnections()
await pixelcast.close()
