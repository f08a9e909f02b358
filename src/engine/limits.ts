import type { PeerLimits } from '../transport/index.js'

/** What one address may have, and how fast. */
export interface AddressLimits {
  readonly sessions: number
  /** Sessions that have not connected yet. */
  readonly connecting: number
  /** New sessions a second; at once as many as in five. */
  readonly rate: number
}

/** How much the sessions of an engine may take; checked. Plain data, for it crosses threads. */
export interface EngineLimits {
  readonly sessions: number
  readonly perAddress: AddressLimits
  /** The same for loopback, behind which there may be many: a tunnel, a proxy. */
  readonly perLoopback: AddressLimits
  readonly perToken: number
  /** New sessions a second; at once as many as in five. */
  readonly rate: number
  /** Share of the machine that encoding may take for one more encoder to be started, 0 to 1. */
  readonly encodeLoad: number
  /** Share of its time that the engine's thread may be busy for one more session to be opened, 0 to 1. */
  readonly sendLoad: number
  readonly peer: PeerLimits
}

/** What the limits of a viewer's channel are called in the options. */
export const CHANNEL_OPTIONS = {
  messages: 'limits.channelMessages',
  bytes: 'limits.channelBytes',
  messageBytes: 'limits.channelMessageBytes',
} as const
