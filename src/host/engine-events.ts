import type { PixelcastError } from '../common/errors.js'
import type { EngineThread } from './engine-thread.js'
import type { Ingest } from './ingest.js'
import type { Log } from './log/log.js'
import type { EngineEvent } from './messages.js'
import type { Publications } from './publications.js'
import { restoreError } from './serialize-error.js'
import type { ServerAccess } from './server-access.js'
import type { ServerTracks } from './server-tracks.js'
import type { ServerViewers } from './server-viewers.js'

/** Those whom events of the engine's thread are for. */
export interface EventParts {
  readonly thread: EngineThread
  /** The server's number in that thread. */
  server(): number
  readonly tracks: ServerTracks
  readonly viewers: ServerViewers
  readonly publications: Publications
  readonly ingest: Ingest
  readonly access: ServerAccess
  readonly log: Log
  onError(error: Error): void
}

/** Hands an event to whom it is for; what is asked is answered. */
export function followEvent(event: EngineEvent, parts: EventParts): void {
  const { thread, tracks, viewers } = parts
  const server = parts.server()
  switch (event.event) {
    case 'input':
      for (const input of event.inputs) viewers.receive(input)
      // Only now: while the application is busy with these, the engine keeps what comes.
      thread.call('inputTaken', { server }).catch(() => undefined)
      break
    case 'track-error':
      tracks.known.get(event.track)?.report('error', restoreError(event.error) as PixelcastError)
      break
    case 'publication':
      parts.publications.follow(event.publication, event.change)
      break
    case 'track-wanted':
      // The answer follows the track on its way.
      thread.call('trackWanted', { server, ...parts.ingest.want(event.name) }).catch(() => {})
      break
    case 'access-asked':
      void parts.access.answer(event.id, event.question)
      break
    case 'log':
      parts.log.write(event.record)
      break
    case 'error':
      parts.onError(restoreError(event.error))
      break
    default:
      viewers.follow(event, (key) => tracks.known.get(key))
  }
}
