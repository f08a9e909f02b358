import type { Conditions } from './relay-process.js'

export const MBIT = 1_000_000

/** The way between a system and one viewer. What is not said is perfect. */
export interface Network {
  /** Round trip without any queue, ms. */
  readonly rtt?: number
  /** Of the bottleneck towards the viewer, bit/s. */
  readonly rate?: number
  /** What may wait before the bottleneck, ms. */
  readonly queue?: number
  /** Share of packets towards the viewer that get lost, one by one. */
  readonly loss?: number
  /** Packets towards the viewer are early or late by up to this, in order, ms. */
  readonly jitter?: number
}

/** What most scenarios have. */
export const USUAL = { rtt: 40, queue: 300 } satisfies Network

/** The way back is as long, and has neither limit nor loss, as in the simulations. */
export function conditionsOf({ rtt, ...down }: Network): Conditions {
  const delay = rtt === undefined ? {} : { delay: rtt / 2 }
  return { down: { ...down, ...delay }, up: delay }
}
