import { checkKeys, OptionError, show, showSecret } from '../../common/errors.js'
import { checkTrackName } from '../../track/index.js'
import { TICKET_SECONDS, type TicketWish } from './tickets.js'
import { ACCESS_RIGHTS, type AccessRight } from './types.js'

/** What a ticket is to be worth; every option may be left out. */
export interface TicketOptions {
  /** The only track that it is for. Default: all those that its maker has. */
  readonly track?: string | undefined
  /** Default `['view']`. `control` has `view` in it. */
  readonly rights?: readonly AccessRight[] | undefined
  /**
   * Seconds until the ticket, and the page's access that was made of it, are worth nothing any more: 1…86,400. Default
   * 3,600. Who watches at that moment goes on watching.
   */
  readonly lifetime?: number | undefined
}

/** @throws OptionError naming the option */
export function checkTicketOptions(options: unknown = {}): TicketWish {
  checkKeys(options, ['track', 'rights', 'lifetime'])
  const { track, rights = ['view'], lifetime = TICKET_SECONDS.usual } = options as TicketOptions
  if (track !== undefined) checkTrackName(track)
  const { least, most } = TICKET_SECONDS
  if (!(Number.isInteger(lifetime) && lifetime >= least && lifetime <= most))
    throw new OptionError({
      field: 'lifetime',
      expected: `whole seconds from ${least} to ${most}`,
      actual: show(lifetime),
    })
  return { track, rights: checkRights('rights', rights), lifetime }
}

/** @throws OptionError naming the field */
export function checkRights(field: string, rights: unknown): readonly AccessRight[] {
  const isRight = (right: unknown): right is AccessRight => ACCESS_RIGHTS.some((known) => known === right)
  if (Array.isArray(rights) && rights.length > 0 && rights.every(isRight)) return [...new Set(rights)]
  throw new OptionError({
    field,
    expected: `a list of ${ACCESS_RIGHTS.join(', ')}`,
    actual: Array.isArray(rights) ? `[${rights.map(showSecret).join(', ')}]` : showSecret(rights),
  })
}
