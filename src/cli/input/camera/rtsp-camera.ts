import { systemClock } from '../../player-clock.js'
import type { LiveEnd, LiveInput, LiveTarget } from '../live.js'
import { networkSource } from '../media.js'
import type { CameraAddress } from './address.js'
import { readCamera } from './camera-process.js'
import { keepConnected } from './keep-connected.js'

/**
 * TCP first: over UDP a busy network loses packets, and one lost packet spoils the picture until the next
 * keyframe. Nothing is held back to be put in order.
 */
const LOW_LATENCY = { rtsp_flags: 'prefer_tcp', max_delay: '0', probesize: '500000' }

/** A camera behind `rtsp://`. */
export class RtspCamera implements LiveInput {
  readonly kind = 'live'
  readonly name: string
  readonly description: string
  readonly #address: CameraAddress

  constructor(address: CameraAddress) {
    this.#address = address
    this.name = address.name
    this.description = address.shown
  }

  run(target: LiveTarget, signal: AbortSignal): Promise<LiveEnd> {
    const { text, shown } = this.#address
    const order = { sources: [networkSource(text, LOW_LATENCY)], shown, play: {} }
    return keepConnected((events) => readCamera(order, events, target, signal), target, signal, {
      clock: systemClock,
      name: shown,
    })
  }
}
