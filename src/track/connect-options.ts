import { isIP } from 'node:net'
import type { VideoCodec } from '../common/codec.js'
import { checkKeys, checkOption } from '../common/errors.js'
import { checkCodecs } from './options.js'

/** Options of `track.connect`. */
export interface ConnectOptions {
  /** Codecs to consider, best first. Default: the track's. */
  readonly codecs?: readonly VideoCodec[] | undefined
  /**
   * Whether this viewer's input is listened to, whatever the track's `control` says. Default: as that says;
   * with a token rule not, since no token came with the offer.
   */
  readonly control?: boolean | undefined
  /** IP address that the viewer asks from, for the limits of one address. Default: not known, and not counted. */
  readonly address?: string | undefined
}

/** @throws OptionError naming the option */
export function checkConnectOptions(options: ConnectOptions): ConnectOptions {
  checkKeys(options, ['codecs', 'control', 'address'])
  const codecs = checkCodecs(options.codecs)
  const { control, address } = options
  checkOption(control === undefined || typeof control === 'boolean', 'control', 'true or false', control)
  checkOption(address === undefined || isIP(address) !== 0, 'address', 'an IP address', address)
  return { codecs, control, address }
}
