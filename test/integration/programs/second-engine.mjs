// A worker that wants a server of its own beside the main thread's; run by robustness/exit.test.ts.
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import { createServer } from '../../../dist/index.js'

if (isMainThread) {
  const server = await createServer({ port: 0 })
  const worker = new Worker(new URL(import.meta.url))
  const answer = await new Promise((resolve) => worker.once('message', resolve))
  const { status } = await fetch(new URL('healthz', server.url))
  process.send({ ...answer, status })
  await server.close()
  process.disconnect()
} else {
  const answer = await createServer({ port: 0 }).then(
    () => ({ code: 'none' }),
    ({ code, message }) => ({ code, message }),
  )
  parentPort.postMessage(answer)
}
