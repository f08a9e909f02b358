import nodeDataChannel from 'node-datachannel'

/*
 * The addon is loaded by this module alone, and this module by the engine thread alone: loaded in the
 * main thread and in a worker, or in two workers, at the same time or one after the other, it takes
 * the process with it.
 */
export const { PeerConnection, Video, initLogger } = nodeDataChannel
export type {
  DataChannel,
  PeerConnection as NativePeerConnection,
  RtcConfig,
  Track as NativeTrack,
} from 'node-datachannel'

/** An exception in one of its callbacks aborts the process: nothing thrown inside may get out. */
export function guarded<A extends unknown[]>(
  callback: (...args: A) => void,
  report: (error: unknown) => void,
) {
  return (...args: A): void => {
    try {
      callback(...args)
    } catch (error) {
      try {
        report(error)
      } catch {
        // Nothing is left to tell it to.
      }
    }
  }
}
