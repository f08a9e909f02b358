import { read } from 'node:fs'
import { type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net'
import { promisify } from 'node:util'
import { type ByteSink, feed } from '../../../image/stream/byte-sink.js'

const readOnce = promisify(read)

/** Reads everything there is into a sink. Rejects with what the system or the sink says. */
export type ByteReader = (sink: ByteSink, signal: AbortSignal) => Promise<void>

/** A file or a device, which answers at once. */
export async function readFile(descriptor: number, sink: ByteSink, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const room = sink.room()
    const { bytesRead } = await readOnce(descriptor, room, 0, room.length, null)
    if (bytesRead === 0) return
    const wait = sink.wrote(bytesRead)
    if (wait) await wait
  }
}

/** Read into while the sink makes us wait: what room it has by then is not known yet. */
const ASIDE = 64 * 1024

/**
 * A pipe or a socket, whose reading would block a thread: the event loop waits for it. Each read goes
 * straight to where its bytes belong; 60 frames of 1920×1080 BGR a second cost a quarter of a core, nearly
 * all of it the system's own copying.
 */
export function readPipe(descriptor: number, sink: ByteSink, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const aside = new Uint8Array(ASIDE)
    let room = sink.room()
    let failure: unknown
    const stop = () => socket.destroy()
    const fail = (error: unknown) => {
      failure ??= error
      socket.destroy()
    }
    /** True: read on. */
    const take = (count: number): boolean => {
      const wait = room === aside ? feed(sink, aside.subarray(0, count)) : sink.wrote(count)
      room = wait ? aside : sink.room()
      // the writer waits as long as we do
      void wait?.then(() => socket.resume(), fail)
      return !wait
    }
    // missing in the types, documented with `connect`
    const options: SocketConstructorOpts & { onread: OnReadOpts } = {
      fd: descriptor,
      readable: true,
      writable: false,
      onread: {
        buffer: () => room,
        callback: (count: number) => {
          try {
            return take(count)
          } catch (error) {
            fail(error)
            return false
          }
        },
      },
    }
    const socket = new Socket(options)
    socket.on('end', stop)
    socket.on('error', fail)
    socket.on('close', () => {
      signal.removeEventListener('abort', stop)
      if (failure === undefined) resolve()
      else reject(failure)
    })
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
    socket.resume()
  })
}
