/*
 * Offers and answers over a WebSocket. Messages are JSON:
 *
 *   server: { type: 'tracks', tracks: ['camera', …] }     first of all
 *   page:   { type: 'offer', id, track, sdp }             `id`: a number of the page's choice, one for each picture
 *   server: { type: 'answer', id, sdp }  or  { type: 'refused', id, reason }
 *   page:   { type: 'leave', id }
 *
 * All candidates are in the answer, so there is nothing else to send. Viewers go with their socket.
 */
import { SignalingError } from 'pixelcast'
import { WebSocketServer } from 'ws'

/** No message is longer than an offer, bytes. */
const LONGEST = 64 * 1024
/** Pictures that one page may have. */
const MOST_VIEWERS = 16

/** Serves signaling for `tracks` at `path` of a web server. */
export function serveSignaling(http, path, tracks) {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: LONGEST })
  http.on('upgrade', (request, socket, head) => {
    const { host, origin } = request.headers
    // Browsers let the pages of all sites open WebSockets to here, and say which site it was.
    const isOurs =
      request.url === path && (origin === undefined || [`http://${host}`, `https://${host}`].includes(origin))
    if (isOurs) sockets.handleUpgrade(request, socket, head, (client) => new Connection(client, tracks))
    else {
      // nobody else listens for it any more
      socket.on('error', () => {})
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n')
    }
  })
  return sockets
}

/** One page, and the pictures that it watches. */
class Connection {
  #socket
  #tracks
  #viewers = new Map()
  /** Offers that are being answered. */
  #pending = 0

  constructor(socket, tracks) {
    this.#socket = socket
    this.#tracks = new Map(tracks.map((track) => [track.name, track]))
    socket.on('message', (data) => this.#take(String(data)))
    socket.on('close', () => this.#leaveAll())
    // 'close' follows
    socket.on('error', (error) => console.warn(`signaling: ${error.message}`))
    this.#send({ type: 'tracks', tracks: [...this.#tracks.keys()] })
  }

  #take(text) {
    const message = parse(text)
    if (message?.type === 'offer') this.#connect(message)
    else if (message?.type === 'leave') this.#leave(message.id)
    // 1008: against the rules
    else this.#socket.close(1008, 'expected { type: "offer" } or { type: "leave" }')
  }

  async #connect({ id, track: name, sdp }) {
    const track = this.#tracks.get(name)
    if (!track)
      return this.#send({ type: 'refused', id, reason: `there is no track ${JSON.stringify(name)}` })
    if (this.#viewers.size + this.#pending >= MOST_VIEWERS)
      return this.#send({ type: 'refused', id, reason: 'too many pictures' })
    this.#pending++
    try {
      const { answer, viewer } = await track.connect(sdp)
      print(viewer)
      // the page has gone meanwhile
      if (this.#socket.readyState !== this.#socket.OPEN) return viewer.close()
      this.#leave(id)
      this.#viewers.set(id, viewer)
      viewer.once('close', () => {
        if (this.#viewers.get(id) === viewer) this.#viewers.delete(id)
      })
      this.#send({ type: 'answer', id, sdp: answer })
    } catch (error) {
      if (!(error instanceof SignalingError)) console.error(error)
      this.#send({ type: 'refused', id, reason: error.message })
    } finally {
      this.#pending--
    }
  }

  #leave(id) {
    this.#viewers.get(id)?.close()
  }

  #leaveAll() {
    for (const viewer of this.#viewers.values()) viewer.close()
  }

  #send(message) {
    this.#socket.send(JSON.stringify(message))
  }
}

function parse(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function print(viewer) {
  const who = `${viewer.id} (${viewer.track})`
  console.log(`${who} connects`)
  viewer.once('connected', () => console.log(`${who} watches`))
  viewer.once('close', (reason) => console.log(`${who} left: ${reason}`))
}
