import type { EndCause } from '../common/measures.js'

/** Reasons as they are told to people, by how they begin; test/unit/engine/end-cause.test.ts looks for others. */
const CAUSES: readonly (readonly [start: string, cause: EndCause])[] = [
  ['the viewer ended its session', 'left'],
  ['the viewer said goodbye', 'left'],
  ['the viewer left', 'left'],
  ['the viewer opened too many', 'misbehaved'],
  ['the viewer sent too much', 'misbehaved'],
  ['the connection failed', 'lost'],
  ['the connection broke off', 'lost'],
  ['nothing was heard for', 'lost'],
  ['no report for', 'lost'],
  ['no connection within', 'unconnected'],
  ['no WebSocket within', 'unconnected'],
  ['it had not connected', 'unconnected'],
  ['it could not be answered', 'unanswered'],
  ['the track was removed', 'track_removed'],
  ['the application closed it', 'application'],
  ['the server was closed', 'server_closed'],
]

/** The class of a reason why a session ended: reasons are many, and for people. */
export function endCauseOf(reason: string): EndCause {
  return CAUSES.find(([start]) => reason.startsWith(start))?.[1] ?? 'other'
}

/** Of each cause, none. */
export function noEnds(): Record<EndCause, number> {
  return {
    left: 0,
    lost: 0,
    unconnected: 0,
    unanswered: 0,
    misbehaved: 0,
    track_removed: 0,
    application: 0,
    server_closed: 0,
    other: 0,
  }
}
