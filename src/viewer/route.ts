import type { ServerMessage } from '../common/channel-protocol.js'
import type { Picture } from './attempt.js'
import { Connection, type OpenAttempt } from './connection.js'
import type { ViewerTransport } from './transport.js'
import { WhepError } from './whep.js'

/** After this long the other way is tried beside it, ms: with what it takes to connect there is a picture within two seconds … */
const FALLBACK_AFTER_MS = 1_000
/**
 * … or sooner, after so many times what the answer to the offer took, which was at least one round trip: the checks of
 * a direct path take one, DTLS two (RFC 6347 with its cookie: three). Not sooner than this, ms: a busy page needs time.
 */
const ANSWER_TIMES = 4
const LEAST_WAIT_MS = 500
/** On the way without UDP, WebRTC is tried again after this long, and each time twice as long, ms. */
const FIRST_RETURN_MS = 10_000
const LAST_RETURN_MS = 300_000
/** A change of the network is a reason to try at once; a flickering one is not, ms. */
const LEAST_RETURN_MS = 2_000
/** A picture over WebRTC that does not come although the other way shows one: it is no better, ms. */
const PICTURE_WITHIN_MS = 5_000

export interface RouteOptions {
  readonly transport: 'auto' | ViewerTransport
  /** Whether the browser has WebRTC, with a codec that is wanted. */
  readonly hasWebRtc: boolean
  readonly open: OpenAttempt
  /** Resolves when a picture that is not shown yet has its first frame. */
  readonly ready: (picture: Picture) => Promise<void>
}

export interface RouteHandlers {
  /** From now on this connection is the one that is shown. */
  shown(connection: Connection): void
  picture(connection: Connection, picture: Picture): void
  message(connection: Connection, message: ServerMessage): void
  note(): void
  unheard(): void
  /** What is shown has broken off, and another way is being tried. */
  interrupted(reason: string): void
  /** There is no way. The next `start()` begins anew. */
  lost(error: WhepError): void
}

/**
 * The way to the server: WebRTC first, a WebSocket beside it when that takes long or breaks, whichever is there
 * first is shown; and from the WebSocket back to WebRTC as soon as that is possible. Servers for ICE that were
 * named (TURN) are tried in an attempt of their own when there is no direct path, at once, while the WebSocket
 * already shows the picture.
 */
export class Route {
  readonly #options: RouteOptions
  readonly #handlers: RouteHandlers
  /**
   * Named by the server, for attempts to come. Asked first without them: where there is a direct path they would
   * only cost time.
   */
  iceServers: RTCIceServer[] = []
  #shown: Connection | undefined
  /** Under way, or live and without a picture yet. */
  #rtc: Connection | undefined
  #socket: Connection | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #return: ReturnType<typeof setTimeout> | undefined
  #pause = FIRST_RETURN_MS
  #triedAt = Number.NEGATIVE_INFINITY
  /** The server has no WebSocket: remembered for good. */
  #serverHasNone = false
  /** … or it failed in this round. */
  #socketFailed = false
  #preferSocket = false
  #hasWebRtc: boolean
  #triedIceServers = false

  constructor(options: RouteOptions, handlers: RouteHandlers) {
    this.#options = options
    this.#handlers = handlers
    this.#hasWebRtc = options.hasWebRtc && options.transport !== 'websocket'
  }

  get shown(): Connection | undefined {
    return this.#shown
  }

  /** Begins a round of attempts; its outcome comes through the handlers. */
  start(): void {
    this.stop()
    this.#socketFailed = false
    if (this.#hasWebRtc) this.#openRtc()
    if (!this.#maySocket) {
      if (!this.#hasWebRtc) this.#handlers.lost(noWay())
    } else if (!this.#hasWebRtc || this.#preferSocket) this.#openSocket()
    else this.#openSocketIn(FALLBACK_AFTER_MS)
  }

  /** Ends everything. */
  stop(): void {
    this.#stopWaiting()
    clearTimeout(this.#return)
    const all = [this.#shown, this.#rtc, this.#socket]
    this.#shown = this.#rtc = this.#socket = undefined
    for (const connection of all) connection?.close()
  }

  /** The network is another one, or back: UDP may pass now. */
  networkChanged(): void {
    this.#pause = FIRST_RETURN_MS
    if (this.#shown?.transport !== 'websocket' || !this.#hasWebRtc || this.#rtc?.isLive) return
    clearTimeout(this.#return)
    const wait = Math.max(0, this.#triedAt + LEAST_RETURN_MS - performance.now())
    this.#return = setTimeout(() => {
      if (this.#shown?.transport !== 'websocket' || this.#rtc?.isLive) return
      // One that is under way knows only the network that was.
      this.#rtc?.close()
      this.#openRtc()
    }, wait)
  }

  get #maySocket(): boolean {
    return this.#options.transport !== 'webrtc' && !this.#serverHasNone && !this.#socketFailed
  }

  #openRtc(): void {
    clearTimeout(this.#return)
    this.#triedAt = performance.now()
    this.#triedIceServers = this.iceServers.length > 0
    const opened = this.#connect('webrtc', {
      live: (connection) => void this.#rtcLive(connection),
      lost: (connection, error) => this.#rtcLost(connection, error),
    })
    // Switched off by a policy: it is there, and cannot be made.
    if (!opened) this.#hasWebRtc = false
    this.#rtc = opened
    if (opened) void opened.attempt.start()
  }

  /** The server has answered the offer: how far away it is says how long a direct path will take. */
  #answered(): void {
    if (this.#timer === undefined) return
    const took = performance.now() - this.#triedAt
    const wait = Math.max(LEAST_WAIT_MS, ANSWER_TIMES * took)
    this.#openSocketIn(Math.min(wait, Math.max(0, FALLBACK_AFTER_MS - took)))
  }

  #openSocketIn(wait: number): void {
    this.#stopWaiting()
    this.#timer = setTimeout(() => this.#openSocket(), wait)
  }

  #stopWaiting(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #openSocket(): void {
    this.#stopWaiting()
    if (this.#socket || this.#shown?.transport === 'websocket') return
    this.#socket = this.#connect('websocket', {
      live: (connection) => this.#socketLive(connection),
      lost: (connection, error) => this.#socketLost(connection, error),
    })
    void this.#socket?.attempt.start()
  }

  #connect(
    transport: ViewerTransport,
    {
      live,
      lost,
    }: { live(connection: Connection): void; lost(connection: Connection, error: WhepError): void },
  ): Connection | undefined {
    const isShown = (): boolean => connection === this.#shown
    let connection: Connection | undefined
    try {
      connection = new Connection(transport, this.#options.open, {
        live: () => live(connection as Connection),
        picture: (picture) => {
          if (connection && isShown()) this.#handlers.picture(connection, picture)
        },
        message: (message) => {
          if (connection && isShown()) this.#handlers.message(connection, message)
          else connection?.said.push(message)
        },
        note: () => {
          if (isShown()) this.#handlers.note()
        },
        unheard: () => {
          if (isShown()) this.#handlers.unheard()
        },
        quiet: () => this.#quiet(connection as Connection),
        iceServers: (servers) => {
          this.iceServers = servers
          if (connection && connection === this.#rtc) this.#answered()
        },
        lost: (error) => lost(connection as Connection, error),
      })
      return connection
    } catch {
      return undefined
    }
  }

  async #rtcLive(connection: Connection): Promise<void> {
    this.#stopWaiting()
    if (this.#shown?.transport === 'websocket') {
      // Both go on until the new picture is there, so that nobody sees the change.
      await this.#hasPicture(connection)
      if (this.#rtc !== connection) return
    }
    this.#rtc = undefined
    this.#pause = FIRST_RETURN_MS
    this.#preferSocket = false
    const socket = this.#socket
    this.#socket = undefined
    this.#show(connection)
    socket?.close()
  }

  async #hasPicture({ picture }: Connection): Promise<void> {
    // A track that nobody has pushed to has no picture on either way.
    if (!picture || !this.#shown?.imageSent) return
    let timer: ReturnType<typeof setTimeout> | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, PICTURE_WITHIN_MS)
    })
    await Promise.race([this.#options.ready(picture), late])
    clearTimeout(timer)
  }

  #socketLive(connection: Connection): void {
    const shown = this.#shown
    // WebRTC has come to life again in the meantime.
    if (shown?.transport === 'webrtc' && shown.quietAt === undefined) {
      this.#socket = undefined
      connection.close()
      return
    }
    this.#socket = undefined
    this.#preferSocket = true
    this.#show(connection)
    if (!this.#rtc) this.#returnIn(this.#pause)
  }

  #show(connection: Connection): void {
    const before = this.#shown
    this.#shown = connection
    this.#handlers.shown(connection)
    if (connection.picture) this.#handlers.picture(connection, connection.picture)
    for (const message of connection.said.splice(0)) this.#handlers.message(connection, message)
    before?.close()
  }

  #rtcLost(connection: Connection, error: WhepError): void {
    if (connection === this.#rtc) this.#rtc = undefined
    const wasShown = connection === this.#shown
    if (wasShown) this.#shown = undefined
    if (this.#shown) {
      // The other way goes on. Named servers are tried at once: a relay is better than what is shown.
      if (error.noPath && this.iceServers.length > 0 && !this.#triedIceServers) this.#openRtc()
      else this.#returnIn(this.#pause)
      return
    }
    // The server is not there, or wants nobody: it does not matter over what.
    const isWayLost = error.noPath || (wasShown && error.kind === 'refused' && !error.fatal)
    if (isWayLost && this.#maySocket) {
      if (wasShown) this.#handlers.interrupted(error.message)
      this.#openSocket()
      if (error.noPath && this.iceServers.length > 0 && !this.#triedIceServers) this.#openRtc()
    } else this.#lose(error)
  }

  #socketLost(connection: Connection, error: WhepError): void {
    if (connection === this.#socket) this.#socket = undefined
    if (error.fatal) this.#serverHasNone = true
    this.#socketFailed = true
    if (connection === this.#shown) {
      this.#shown = undefined
      this.#lose(error)
    } else if (!this.#shown && !this.#rtc) this.#lose(this.#hasWebRtc ? noPath() : error)
  }

  /** Nothing comes through over WebRTC any more. */
  #quiet(connection: Connection): void {
    if (connection !== this.#shown || !this.#maySocket) return
    connection.quietAt = performance.now()
    this.#openSocket()
  }

  #returnIn(wait: number): void {
    clearTimeout(this.#return)
    if (!this.#hasWebRtc || this.#options.transport !== 'auto') return
    this.#return = setTimeout(() => {
      this.#pause = Math.min(LAST_RETURN_MS, this.#pause * 2)
      if (this.#shown && !this.#rtc) this.#openRtc()
    }, wait)
  }

  #lose(error: WhepError): void {
    this.stop()
    this.#handlers.lost(error)
  }
}

function noWay(): WhepError {
  return new WhepError('This browser cannot play the stream', { kind: 'refused', fatal: true })
}

function noPath(): WhepError {
  return new WhepError('The server answers, but no UDP path to it was found', {
    kind: 'refused',
    noPath: true,
  })
}
