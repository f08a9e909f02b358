// Loaded into every thread of a program by --import: throws in its engine thread, on a word, what nobody catches.
import { BroadcastChannel, isMainThread } from 'node:worker_threads'

if (!isMainThread) {
  const channel = new BroadcastChannel('engine-bomb')
  channel.unref()
  channel.onmessage = () =>
    setImmediate(() => {
      throw new Error('nobody catches this')
    })
}
