// pixelcast mounted in an Express app, behind the app's own sign-in.
//
//   node examples/express/main.mjs
import { join } from 'node:path'
import express from 'express'
import { createServer } from 'pixelcast'
import { fail, portOption, stopSignal } from '../shared/program.mjs'
import { startRobot } from '../shared/robot/index.mjs'
import { createAccounts, PAGES, serveTelemetry } from '../shared/robot-app/index.mjs'

const stop = stopSignal()
const { accounts, password } = createAccounts()
// No port of its own: requests come through the app, media past it.
const pixelcast = await createServer({ listen: false }).catch(fail)
const robot = startRobot(pixelcast, stop)

const app = express()

// What everybody may see
app.use('/public', express.static(join(PAGES, 'public')))
app.get('/sign-in', (_request, response) => response.sendFile(join(PAGES, 'sign-in.html')))
app.post('/sign-in', express.urlencoded(), (request, response) => {
  const cookie = accounts.signIn(request.body?.password)
  if (cookie) response.setHeader('Set-Cookie', cookie)
  response.redirect(303, cookie ? '/' : '/sign-in#wrong')
})

// The guard of all that follows
app.use((request, response, next) => {
  if (accounts.knows(request.headers.cookie)) next()
  else if (request.method === 'GET' && request.headers.accept?.includes('text/html'))
    response.redirect(303, '/sign-in')
  else response.status(401).json({ error: 'sign in first' })
})

// pixelcast: the viewer, WHEP, snapshots. Before body parsers, which would take its requests for theirs.
app.use('/live', pixelcast.nodeHandler)

// The app itself
app.use(express.json())
app.get('/', (_request, response) => response.sendFile(join(PAGES, 'index.html')))
app.get('/api/robot', (_request, response) => response.json(robot.telemetry))
app.post('/api/robot', (request, response) => {
  robot.isPaused = request.body?.isPaused === true
  response.json(robot.telemetry)
})

const http = app.listen(portOption(), '127.0.0.1', (error) => {
  if (error) fail(error)
  console.log(`Watch at http://127.0.0.1:${http.address().port}/ with the password ${password}`)
})
await serveTelemetry(http, robot, accounts, stop)

http.close()
http.closeAllConnections()
await pixelcast.close()
