import nodeDataChannel from 'node-datachannel'

/*
 * The addon is loaded by this module alone, and this module by the engine thread alone: loaded in the
 * main thread and in a worker, or in two workers, at the same time or one after the other, it takes
 * the process with it.
 *
 * `initLogger` is not called: its callback is freed after the thread that it belongs to, which aborts the
 * process as it exits. Without it the library logs nothing.
 */
export const { PeerConnection, Video } = nodeDataChannel
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
