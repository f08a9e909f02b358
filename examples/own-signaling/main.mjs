// Two tracks over one WebSocket, with signaling of one's own.
//
//   node examples/own-signaling/main.mjs
import { readFile } from 'node:fs/promises'
import { createServer as createHttpServer } from 'node:http'
import { createServer } from 'pixelcast'
import { fail, portOption, stopSignal } from '../shared/program.mjs'
import { startRobot } from '../shared/robot/index.mjs'
import { serveSignaling } from './signaling.mjs'

const PAGE = new Map([
  ['/', ['page/index.html', 'text/html']],
  ['/signaling.js', ['page/signaling.js', 'text/javascript']],
  ['/style.css', ['../shared/robot-app/pages/public/style.css', 'text/css']],
])

const stop = stopSignal()
const pixelcast = await createServer({ listen: false }).catch(fail)
startRobot(pixelcast, stop)

const http = createHttpServer(async (request, response) => {
  const [file, type] = PAGE.get(request.url) ?? []
  if (!file) return response.writeHead(404).end()
  response.setHeader('Content-Type', type)
  response.end(await readFile(new URL(file, import.meta.url)))
})
const sockets = serveSignaling(http, '/signaling', pixelcast.tracks)
http.on('error', fail)
http.listen(portOption(), '127.0.0.1', () => {
  console.log(`Watch at http://127.0.0.1:${http.address().port}/`)
})

stop.addEventListener('abort', async () => {
  for (const socket of sockets.clients) socket.terminate()
  http.close()
  http.closeAllConnections()
  await pixelcast.close()
})
