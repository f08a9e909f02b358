/** What a test may ask of the receiver's process. */
export interface ReceiverApi {
  /** Opens `count` WHEP sessions, one after the other, and resolves when all are connected. Gives their indices. */
  open(request: OpenRequest): Promise<number[]>
  stats(): ViewerStats[]
  /** Sends bytes as they are over the viewer's SRTCP. */
  sendRtcp(request: { viewer: number; packet: Uint8Array }): boolean
  /** Sends several; gives how many of them were sent before the connection was gone. */
  sendAll(request: { viewer: number; packets: readonly Uint8Array[] }): number
  /** From now on the viewer pretends that it never got every `oneIn`-th media packet, and asks for it by NACK. */
  loseAndAsk(request: { viewer: number; oneIn: number }): void
  /**
   * From now on the viewer asks, so many times a second, for a keyframe and for the last thousand packets
   * once more; 0: no longer.
   */
  flood(request: { viewer: number; perSecond: number }): void
  /** What came on the viewers' data channels, one list of texts for each viewer, up to the last 10,000. */
  messages(): string[][]
  /** Sends these on a viewer's data channel, texts or bytes; gives how many of them could be sent. */
  say(request: { viewer: number; messages: readonly (string | Uint8Array)[] }): number
  /**
   * From now on each viewer with a channel sends so many moves of a pointer a second, a down and an up among
   * them now and then; 0: no longer. Gives how many were sent since the last call.
   */
  point(request: { perSecond: number }): number
  /**
   * From the push of each image to its last packet here, ms, since the last call: on the machine's monotonic clock,
   * which is the same in every process. Without a channel: how much later than the first one it came, by its RTP time.
   */
  latencies(request: { viewer: number }): number[]
  /** Sets all counters to zero, so that only what comes from now on counts. */
  reset(): void
  /** Ends sessions: politely (DELETE), by closing the peer connection, or both. All viewers without `viewers`. */
  close(request: { viewers?: number[]; how: 'delete' | 'close' | 'both' }): Promise<void>
}

export interface OpenRequest {
  readonly url: string
  readonly count: number
  readonly codec: 'h264' | 'vp8'
  /** How many are being opened at one time. Default 4. */
  readonly atOnce?: number
  /** Milliseconds until a viewer that is not connected fails the call. Default 20,000. */
  readonly deadline?: number
  /** Also opens the data channel `pixelcast`, and waits until it is open. */
  readonly channel?: boolean
  /** Bearer token to send. */
  readonly token?: string
}

export interface ViewerStats {
  readonly viewer: number
  readonly state: string
  /** Whether its data channel is open. */
  readonly channel: boolean
  /** SSRC of the media stream; 0 before its first packet. */
  readonly ssrc: number
  /** Different media packets that arrived, retransmitted ones included. */
  readonly packets: number
  /** Packets between the first and the newest sequence number that have not arrived, in any way. */
  readonly missing: number
  readonly duplicates: number
  /** Packets that came on the RTX stream. */
  readonly retransmitted: number
  readonly bytes: number
  /** Access units: packets with the marker bit. */
  readonly frames: number
  readonly keyframes: number
  readonly senderReports: number
  readonly byes: number
  /** Times between the RTP timestamps of consecutive frames that went backwards or stood still. */
  readonly timestampsNotRising: number
  readonly firstTimestamp: number
  readonly lastTimestamp: number
}
