/*
 * The engine thread's entry: builds servers and engines as the application asks, and reports back.
 * The classes it hosts know nothing of threads.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { EngineError, OptionError, show } from '../common/errors.js'
import { quietFfmpeg } from '../encode/index.js'
import { Engine } from '../engine/index.js'
import { Publishers } from '../publish/index.js'
import { Access } from '../server/access/access.js'
import type { AccessQuestion } from '../server/access/types.js'
import { WrongTokens } from '../server/access/wrong-tokens.js'
import { createApp } from '../server/app.js'
import { runSerialized } from '../server/forward.js'
import { type Listening, listen } from '../server/listen.js'
import { createUpgrade } from '../server/socket/upgrade.js'
import { AccessQuestions } from './access-questions.js'
import { InputPost } from './input-post.js'
import { KeptTickets } from './kept-tickets.js'
import {
  type CallMessage,
  type CallName,
  type EngineCalls,
  type EngineEvent,
  HALT_REQUESTED,
  HALTED,
  type ReplyMessage,
  type WorkerSettings,
} from './messages.js'
import { Observation } from './observation.js'
import { PortPipe } from './port-pipe.js'
import { restoreError, serializeError } from './serialize-error.js'
import { WantedTracks } from './wanted-tracks.js'

if (!parentPort) throw new EngineError('this file is the entry of a worker thread')
const port = parentPort

interface HostedServer {
  /** Of the tracks, by name. */
  readonly keys: Map<string, number>
  readonly engine: Engine
  readonly inputs: InputPost
  readonly app: ReturnType<typeof createApp>
  readonly listening: Listening | undefined
  readonly wanted: WantedTracks
  readonly publishers: Publishers
  readonly observation: Observation
  readonly access: Access
  readonly questions: AccessQuestions
}

/** What a server that failed takes to close, ms; one whose encoder hangs is not waited for. */
const MOST_CLOSING_MS = 2_000

const servers = new Map<number, HostedServer>()
const { halt, signInKey } = workerData as WorkerSettings
const kept = new KeptTickets(signInKey)
/** Of servers that are on their way out: their encoders may be at work still. */
const closings = new Set<Promise<void>>()
/** The end of those that failed. */
let failing = Promise.resolve()

quietFfmpeg()

async function openServer({ server, first, settings }: EngineCalls['openServer']['params']) {
  const report = (event: Omit<EngineEvent, 'server'>): void => port.postMessage({ server, ...event })
  const observation = new Observation(settings, (record) => report({ event: 'log', record } as EngineEvent))
  const { log } = observation
  const keys = new Map<string, number>()
  const keyOf = (track: string): number => keys.get(track) ?? 0
  const reportError = (error: unknown): void => {
    log.error(error)
    report({ event: 'error', error: serializeError(error) } as EngineEvent)
  }
  const reportTrackError = (track: string, error: Error): void => {
    log.error(error, track)
    report({ event: 'track-error', track: keyOf(track), error: serializeError(error) } as EngineEvent)
  }
  const inputs = new InputPost(
    (batch) => report({ event: 'input', inputs: batch } as EngineEvent),
    (viewer) => engine.closeChannel(viewer),
  )
  const engine = new Engine(
    { ice: settings.ice, firefoxIce: settings.firefoxIce, limits: settings.limits.engine },
    {
      onViewer: (track, viewer) => report({ event: 'viewer', track: keyOf(track), viewer } as EngineEvent),
      onViewerConnected: (viewer) => report({ event: 'viewer-connected', viewer } as EngineEvent),
      onViewerClosed: (viewer, reason) => {
        if (!inputs.leave(viewer, reason)) report({ event: 'viewer-closed', viewer, reason } as EngineEvent)
      },
      onViewerControl: (viewer, canControl) =>
        report({ event: 'viewer-control', viewer, canControl } as EngineEvent),
      onInput: (viewer, message) => inputs.push(viewer, message),
      onSession: (event) => log.session(event),
      onTrackError: (track, error) => reportTrackError(track, error),
      onError: (error) => reportError(error),
    },
  )
  const publishers = new Publishers(engine, settings.ice, {
    onChange: (publication, change) => report({ event: 'publication', publication, change } as EngineEvent),
    onError: reportError,
  })
  const wanted = new WantedTracks((name) => report({ event: 'track-wanted', name } as EngineEvent))
  // One that failed may be on its way out still, with the ports and the tracks of this one.
  await Promise.race([failing, pause(MOST_CLOSING_MS)])
  const wrongTokens = new WrongTokens(settings.limits.wrongTokens, (limit, value) =>
    engine.limitReached(limit, value),
  )
  try {
    await observation.open(engine, publishers, wrongTokens, reportError)
  } catch (error) {
    await Promise.all([engine.close(), observation.close()])
    throw error
  }
  const questions = new AccessQuestions(
    (id, question) => report({ event: 'access-asked', id, question } as EngineEvent),
    reportError,
  )
  const ask = (question: AccessQuestion) => questions.ask(question)
  const access = new Access(settings.access, ask, kept.of(first, settings.port), wrongTokens)
  const app = createApp(engine, {
    access,
    // Requests that come through an own web server were addressed to that one.
    ...(settings.port !== undefined && { host: settings.host }),
    ...(settings.cors && { cors: settings.cors }),
    ...(settings.allowedHosts && { allowedHosts: settings.allowedHosts }),
    bodyBytes: settings.limits.bodyBytes,
    trustProxy: settings.trustProxy,
    sockets: settings.port !== undefined,
    ...(settings.title !== undefined && { title: settings.title }),
    ...(settings.ingest && {
      ingest: {
        settings: settings.ingest,
        gate: {
          track: (name) => engine.producer(name),
          createTrack: (name) => wanted.want(name),
          report: reportTrackError,
          ...observation.ofIngest,
        },
      },
    }),
    ...observation.ofApp,
    onError: reportError,
  })
  try {
    const listening =
      settings.port === undefined
        ? undefined
        : await listen(app, {
            host: settings.host,
            port: settings.port,
            tls: settings.tls,
            upgrade: createUpgrade(engine, settings),
            onCertificate: () => log.certificateReloaded(),
            onError: reportError,
          })
    servers.set(server, {
      keys,
      engine,
      inputs,
      app,
      listening,
      wanted,
      publishers,
      observation,
      access,
      questions,
    })
    return { port: listening?.port, metricsPort: observation.metricsPort }
  } catch (error) {
    await Promise.all([engine.close(), observation.close()])
    throw error
  }
}

/** @param handsOver its tracks stay open: the server is opened again */
async function closeServer(server: number, handsOver = false): Promise<undefined> {
  const hosted = servers.get(server)
  servers.delete(server)
  hosted?.wanted.close()
  hosted?.questions.close()
  hosted?.inputs.close()
  // Before the tracks, whose end would look like a failure.
  const unpublished = hosted?.publishers.closeAll()
  const closing = Promise.all([
    unpublished?.then(() => hosted?.engine.close(handsOver)),
    hosted?.listening?.close(),
  ])
    .then(() => hosted?.observation.close())
    .then(callbacksRun)
  closings.add(closing)
  await closing.finally(() => closings.delete(closing))
  return undefined
}

function hosted(server: number): HostedServer {
  const found = servers.get(server)
  if (!found) throw new EngineError('the server is closed')
  return found
}

const calls: { [N in CallName]: (params: EngineCalls[N]['params']) => Promise<EngineCalls[N]['result']> } = {
  async openServer(params) {
    try {
      return await openServer(params)
    } catch (error) {
      // One that was open before is tried again, or closed.
      if (params.server === params.first) kept.end(params.first)
      throw error
    }
  },
  closeServer({ server, first }) {
    kept.end(first)
    return closeServer(server)
  },
  async drain({ server, options }) {
    await servers.get(server)?.engine.drain(options)
  },
  async addTrack({ server, key, name, memory, settings, tokenDigest }) {
    const { engine, keys, access } = hosted(server)
    if (engine.addTrack(name, memory, settings)) {
      keys.set(name, key)
      access.setTrackToken(name, tokenDigest)
      return
    }
    throw new OptionError({ field: 'track name', expected: 'one that is not taken', actual: show(name) })
  },
  async removeTrack({ server, name }) {
    const hosted = servers.get(server)
    await hosted?.publishers.closeAll(name)
    hosted?.access.setTrackToken(name, undefined)
    await hosted?.engine.removeTrack(name)
  },
  async connect({ server, track, offer, options }) {
    const { answerSdp, viewer } = await hosted(server).engine.connect(track, offer, options)
    return { answer: answerSdp, viewer }
  },
  async viewerStats({ server, viewer }) {
    return servers.get(server)?.engine.viewerStats(viewer)
  },
  async trackCommand({ server, track, command }) {
    servers.get(server)?.engine.command(track, command)
  },
  async inputTaken({ server }) {
    servers.get(server)?.inputs.answered()
  },
  async disconnectViewer({ server, viewer }) {
    servers.get(server)?.engine.disconnectViewer(viewer)
  },
  async publish({ server, publication, track, settings }) {
    hosted(server).publishers.start(publication, track, settings)
  },
  async publicationStats({ server, publication }) {
    return servers.get(server)?.publishers.stats(publication)
  },
  async closePublication({ server, publication }) {
    await servers.get(server)?.publishers.close(publication)
  },
  async trackWanted({ server, name, error }) {
    servers.get(server)?.wanted.settle(name, error && restoreError(error))
  },
  async socketState({ server, session }) {
    return hosted(server).engine.socketState(session)
  },
  async attachSocket({ server, session, port: end }) {
    const pipe = new PortPipe(end)
    if (!servers.get(server)?.engine.attachSocket(session, pipe)) pipe.close('the session has ended')
  },
  async accessAnswer({ server, id, answer }) {
    servers.get(server)?.questions.settle(id, answer)
  },
  async requireAccess({ server, request, track, right }) {
    await hosted(server).access.require(request, track, right)
  },
  async createTicket({ server, wish }) {
    return hosted(server).access.tickets.create(wish)
  },
  request: ({ server, request }) => runSerialized(hosted(server).app, request),
}

async function answer<N extends CallName>({ id, call, params }: CallMessage<N>): Promise<void> {
  let reply: ReplyMessage
  try {
    reply = { id, result: await calls[call](params) }
  } catch (error) {
    reply = { id, error: serializeError(error) }
  }
  port.postMessage(reply)
}

port.on('message', (message: CallMessage) => void answer(message))

async function closeAll(handsOver = false): Promise<void> {
  const all = [...servers.keys()].map((server) => closeServer(server, handsOver))
  await Promise.allSettled([...closings, ...all])
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

/** libdatachannel's closing callbacks come as events, and free what must not outlive the thread. */
async function callbacksRun(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/*
 * When the process exits without having closed its servers, its main thread waits a moment for this: a
 * thread that is ended while FFmpeg or libdatachannel work for it aborts the process.
 */
async function haltOnExit(): Promise<void> {
  const waiting = Atomics.waitAsync(halt, HALT_REQUESTED, 0)
  if (waiting.async) await waiting.value
  await closeAll().catch(() => {})
  Atomics.store(halt, HALTED, 1)
  Atomics.notify(halt, HALTED)
}
haltOnExit().catch(fail)

/*
 * This thread must not end: the process cannot have another (see EngineThread). After an exception that
 * nobody caught its servers are in an unknown state, so they are closed and the application is told, which
 * opens them again (see Restarts).
 */
function fail(error: unknown): void {
  failing = closeAll(true).catch(() => {})
  port.postMessage({ failure: serializeError(error) })
}
process.on('uncaughtException', fail)
process.on('unhandledRejection', fail)
