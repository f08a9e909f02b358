import { WebSocketServer } from 'ws'
import { pause } from '../program.mjs'

const PATH = '/telemetry'
const INTERVAL = 200 // ms
/** Nothing is expected from the page, bytes. */
const LONGEST = 1024

/** Sends where the robot is over WebSockets at `/telemetry` of the web server, to whoever has signed in. */
export async function serveTelemetry(http, robot, accounts, stop) {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: LONGEST })
  http.on('upgrade', (request, socket, head) => {
    const isOurs = request.url === PATH && accounts.knows(request.headers.cookie)
    if (isOurs) sockets.handleUpgrade(request, socket, head, (client) => client.on('error', () => {}))
    else {
      // nobody else listens for it any more
      socket.on('error', () => {})
      socket.end('HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n')
    }
  })
  while (!stop.aborted) {
    const text = JSON.stringify(robot.telemetry)
    // who is slow gets the next one
    for (const client of sockets.clients) if (client.bufferedAmount === 0) client.send(text)
    await pause(INTERVAL, stop)
  }
  for (const client of sockets.clients) client.terminate()
}
