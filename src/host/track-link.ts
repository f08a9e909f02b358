import type { TrackLink } from '../track/index.js'
import type { EngineThread } from './engine-thread.js'
import type { Publications } from './publications.js'

export interface TrackLinkParts {
  readonly thread: EngineThread
  readonly publications: Publications
  /** The server's number in the engine thread. */
  server(): number
}

export interface TrackLinkEvents {
  readonly connect: TrackLink['connect']
  /** Its name is free. */
  remove(): void
  /** The engine has nothing more to say of it. */
  removed(): void
}

/** What a track on a server can do with the engine. */
export function linkFor(
  track: string,
  { thread, publications, server }: TrackLinkParts,
  events: TrackLinkEvents,
): TrackLink {
  return {
    connect: events.connect,
    publish: (settings) => publications.start(track, settings),
    // When the engine is gone, there is nobody to be told.
    send: (command) =>
      void thread.call('trackCommand', { server: server(), track, command }).catch(() => undefined),
    remove: async () => {
      events.remove()
      // A server that is gone has removed it already.
      await thread.call('removeTrack', { server: server(), name: track }).catch(() => {})
      events.removed()
    },
  }
}
