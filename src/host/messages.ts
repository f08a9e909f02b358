import type { MessagePort } from 'node:worker_threads'
import type { LogLevel, LogRecord } from '../common/log.js'
import type { TokenDigest } from '../common/token.js'
import type { ViewerStats } from '../common/viewer-stats.js'
import type { SocketState } from '../engine/api.js'
import type { DrainOptions } from '../engine/drain.js'
import type { MadeTicket, TicketWish } from '../server/access/tickets.js'
import type {
  AccessAnswer,
  AccessQuestion,
  AccessRequest,
  AccessRight,
  AccessSettings,
} from '../server/access/types.js'
import type { TlsFiles } from '../server/certificate.js'
import type { SerializedRequest, SerializedResponse } from '../server/forward.js'
import type { IngestSettings } from '../server/ingest/settings.js'
import type { TrustProxy } from '../server/requester.js'
import type {
  ConnectOptions,
  PublicationChange,
  PublicationStats,
  PublishSettings,
  TrackCommand,
  TrackMemory,
  TrackSettings,
} from '../track/index.js'
import type { IceOptions } from '../transport/ice-options.js'
import type { ViewerInput } from './input-queue.js'
import type { LimitSettings } from './limit-options.js'
import type { MetricsSettings } from './metrics-options.js'

/** What travels between the application's thread and the engine's. Everything here is structured-clonable. */

/** What the engine thread is started with. */
export interface WorkerSettings {
  /** By which the process's exit waits for it: `HALT_REQUESTED`, `HALTED`. */
  readonly halt: Int32Array
  /** Of the cookies that outlive this process; undefined: none do. */
  readonly signInKey: Uint8Array | undefined
}

/** A server as the engine thread builds it; checked in the application's thread. */
export interface ServerSettings {
  /** HTTP port; undefined: do not listen. */
  readonly port: number | undefined
  /** Requests for a WebSocket come through the application's own web server. */
  readonly upgrades: boolean
  readonly host: string
  readonly ice: IceOptions
  /** For viewers in Firefox. */
  readonly firefoxIce: IceOptions
  readonly cors: readonly string[] | '*' | undefined
  readonly allowedHosts: readonly string[] | undefined
  readonly title: string | undefined
  readonly limits: LimitSettings
  readonly trustProxy: TrustProxy
  readonly tls: TlsFiles | undefined
  /** Undefined: images are not taken over HTTP. */
  readonly ingest: IngestSettings | undefined
  /** After the engine failed. */
  readonly restart: boolean
  /** What became of the images of the ingest (`IngestCounts`), counted by both threads. */
  readonly ingestCounts: SharedArrayBuffer
  /** Undefined: metrics are not told. */
  readonly metrics: MetricsSettings | undefined
  /** Graver entries go to the log, and those of this level. */
  readonly logLevel: LogLevel | 'silent'
  readonly access: AccessSettings
}

/**
 * Calls into the engine thread, by name: parameters and result. `server` is a number that the caller chose;
 * so is a track's `key`, which unlike its name is never used again.
 */
export interface EngineCalls {
  openServer: {
    /** `first`: the number that it had when it was opened first, before its engine failed. */
    params: { server: number; first: number; settings: ServerSettings }
    result: { port: number | undefined; metricsPort: number | undefined }
  }
  /** Resolves when all viewers have left, or time is up. */
  drain: { params: { server: number; options: DrainOptions }; result: undefined }
  /** It is not opened again. */
  closeServer: { params: { server: number; first: number }; result: undefined }
  addTrack: {
    params: {
      server: number
      key: number
      name: string
      memory: TrackMemory
      settings: TrackSettings
      tokenDigest: TokenDigest | undefined
    }
    result: undefined
  }
  trackCommand: { params: { server: number; track: string; command: TrackCommand }; result: undefined }
  removeTrack: { params: { server: number; name: string }; result: undefined }
  connect: {
    params: { server: number; track: string; offer: string; options: ConnectOptions }
    result: { answer: string; viewer: string }
  }
  viewerStats: { params: { server: number; viewer: string }; result: ViewerStats | undefined }
  /** The last `input` event was dealt with; the next one may be sent. */
  inputTaken: { params: { server: number }; result: undefined }
  disconnectViewer: { params: { server: number; viewer: string }; result: undefined }
  /** Begins; the rest comes as events. `publication` is a number that the caller chose. */
  publish: {
    params: { server: number; publication: number; track: string; settings: PublishSettings }
    result: undefined
  }
  publicationStats: {
    params: { server: number; publication: number }
    result: PublicationStats | undefined
  }
  closePublication: { params: { server: number; publication: number }; result: undefined }
  /** The application's answer to `track-wanted`; the track was added before. */
  trackWanted: { params: { server: number; name: string; error?: SerializedError }; result: undefined }
  /** The application's answer to `access-asked`. */
  accessAnswer: { params: { server: number; id: number; answer: AccessAnswer }; result: undefined }
  /** Throws `SignalingError` unless the request has the right. */
  requireAccess: {
    params: { server: number; request: AccessRequest; track: string; right: AccessRight }
    result: undefined
  }
  createTicket: { params: { server: number; wish: TicketWish }; result: MadeTicket }
  request: { params: { server: number; request: SerializedRequest }; result: SerializedResponse }
  socketState: { params: { server: number; session: string }; result: SocketState }
  /** The port is transferred. */
  attachSocket: { params: { server: number; session: string; port: MessagePort }; result: undefined }
}

export type CallName = keyof EngineCalls

export interface CallMessage<N extends CallName = CallName> {
  readonly id: number
  readonly call: N
  readonly params: EngineCalls[N]['params']
}

/** An error in a form that survives structured clone with its class. */
export interface SerializedError {
  readonly kind: string
  readonly message: string
  readonly stack?: string
  readonly fields: Readonly<Record<string, unknown>>
}

export type ReplyMessage =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: SerializedError }

/** What the engine thread reports unasked. */
export type EngineEvent = { readonly server: number } & (
  | { readonly event: 'viewer'; readonly track: number; readonly viewer: string }
  | { readonly event: 'viewer-connected'; readonly viewer: string }
  | { readonly event: 'viewer-closed'; readonly viewer: string; readonly reason: string }
  | { readonly event: 'viewer-control'; readonly viewer: string; readonly canControl: boolean }
  | { readonly event: 'input'; readonly inputs: readonly ViewerInput[] }
  | { readonly event: 'track-error'; readonly track: number; readonly error: SerializedError }
  | { readonly event: 'publication'; readonly publication: number; readonly change: PublicationChange }
  | { readonly event: 'log'; readonly record: LogRecord }
  | { readonly event: 'track-wanted'; readonly name: string }
  | { readonly event: 'access-asked'; readonly id: number; readonly question: AccessQuestion }
  | { readonly event: 'error'; readonly error: SerializedError }
)

/**
 * An exception that nobody caught in the engine thread: every server in it is closed. Their tracks are not: those
 * that are opened again go on with them.
 */
export interface EngineFailure {
  readonly failure: SerializedError
}

/** Int32 indices of the memory through which a process that exits halts the engine. */
export const HALT_REQUESTED = 0
export const HALTED = 1
