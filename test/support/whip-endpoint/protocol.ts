/** What a test may ask of the endpoint's process. */
export interface WhipApi {
  /** Listens on 127.0.0.1; port 0 takes any. Gives the port. */
  listen(request: { port: number }): Promise<number>
  /** What the next POSTs are answered with, one after the other; after that offers are taken. */
  script(replies: readonly Reply[]): void
  /** What offers are taken with from now on. */
  takeWith(taking: Taking): void
  /** All requests so far. */
  requests(): SeenRequest[]
  /** Sessions, ended ones too. */
  sessions(): SeenSession[]
  /** Asks the publisher of a session for a keyframe. */
  askForKeyframe(session: number): void
  /** Ends the media of all sessions, as an engine that is stopped does. */
  hangUp(): void
  /** From now on no RTCP is sent any more. */
  fallSilent(): void
}

export interface Reply {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** How the endpoint takes an offer. */
export interface Taking {
  /** Which of the offered codecs. Default h264. */
  readonly codec?: 'h264' | 'vp8'
  /** Which of the offered rungs. Default: none, as of an engine that knows no simulcast. */
  readonly rids?: readonly string[]
  /** `SESSION` stands for the path of the session. Default: `SESSION`. */
  readonly location?: string
  /** Default `"one"`. */
  readonly etag?: string
  readonly link?: string
  /** What OPTIONS is answered with. Default: nothing. */
  readonly optionsLink?: string
  /** Of PATCH. Default 204. */
  readonly patchStatus?: number
}

export interface SeenRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: string
  /** ms since the process began. */
  readonly at: number
}

export interface SeenSession {
  readonly state: string
  readonly isEnded: boolean
  readonly ssrc: number
  readonly packets: number
  readonly frames: number
  readonly keyframes: number
  readonly byes: number
  /** Packets by rid, of streams that have one; repetitions do not count. */
  readonly rids: Readonly<Record<string, number>>
  readonly senderReports: number
  readonly firstTimestamp: number
  readonly lastTimestamp: number
}
