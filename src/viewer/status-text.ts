import type { ViewerState } from './viewer-types.js'

/** What to say over the picture, or where it should be. */
export interface Status {
  readonly text: string
  /** The cause, smaller; may be empty. */
  readonly detail: string
  /** Whether something is going on (shown as movement), or this is how it stays. */
  readonly busy: boolean
}

/** The words for a state; undefined when the picture speaks for itself. */
export function statusText(
  state: ViewerState,
  reason: string | undefined,
  picture: boolean,
): Status | undefined {
  const why = reason && reason.charAt(0).toUpperCase() + reason.slice(1)
  const detail = why ?? ''
  switch (state) {
    case 'connecting':
      return { text: why ?? 'Connecting', detail: why ? 'Trying again' : '', busy: true }
    case 'reconnecting':
      return { text: 'Reconnecting', detail, busy: true }
    case 'live':
      return picture ? undefined : { text: 'Waiting for the first image', detail: '', busy: true }
    case 'failed':
      return { text: why ?? 'The stream cannot be played', detail: '', busy: false }
    case 'closed':
      return reason === undefined ? undefined : { text: 'The stream has ended', detail, busy: false }
  }
}
