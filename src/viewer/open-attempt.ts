import type { Attempt, AttemptHandlers } from './attempt.js'
import { LateAttempt } from './late-attempt.js'
import { Session, type SessionOptions } from './session.js'
import type { ViewerTransport } from './transport.js'

/** @throws where the browser has no WebRTC after all */
export function openAttempt(
  transport: ViewerTransport,
  options: SessionOptions,
  handlers: AttemptHandlers,
): Attempt {
  if (transport === 'webrtc') return new Session(options, handlers)
  // Most viewers never need it: it is loaded when it is.
  return new LateAttempt('websocket', handlers, async () => {
    const { SocketSession } = await import('./socket/index.js')
    return new SocketSession(options, handlers)
  })
}
