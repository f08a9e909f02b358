import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { build } from 'esbuild'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ImageConsumer, ImageTrack, TrackControl } from '../../../src/track/index.js'
import { IMMORTAL, ownThreads, Threads } from '../../../src/track/threads.js'

const MOST_HELD = 5
const IMAGE = { width: 16, height: 16, format: 'gray8' } as const

/** A producer in a worker, from the sources: does what it is told, and says so. */
let program: string
beforeAll(async () => {
  const { outputFiles } = await build({
    stdin: {
      contents: `
        import { parentPort, Worker, workerData } from 'node:worker_threads'
        import { ImageTrack } from './src/track/index.js'
        const producer = ImageTrack.from(workerData.handle)
        const image = ${JSON.stringify(IMAGE)}
        const held = []
        const orders = {
          hold: (count) => { for (let i = 0; i < count; i++) held.push(producer.allocate(image)) },
          add: (value) => { producer.addImage({ ...image, data: new Uint8Array(256).fill(value) }) },
          show: () => { producer.addImage(held.pop()) },
          wait: () => { void producer.addImageAsync({ ...image, data: new Uint8Array(256) }) },
          // The handle is posted on, to a worker of this worker.
          nest: (count) => new Promise((resolve) => {
            const child = new Worker(workerData.program, { eval: true, workerData })
            child.once('message', resolve)
            child.postMessage(['hold', count])
          }),
          throw: () => setImmediate(() => { throw new Error('on purpose') }),
          exit: () => setImmediate(() => process.exit(3)),
          block: (words) => setImmediate(() => { while (Atomics.load(words, 0) === 0); }),
        }
        parentPort.on('message', async ([order, argument]) => {
          await orders[order](argument)
          parentPort.postMessage(order)
        })
      `,
      resolveDir: process.cwd(),
    },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    write: false,
    logLevel: 'silent',
  })
  program = outputFiles[0]!.text
})

class Producer {
  readonly worker: Worker
  readonly ended: Promise<unknown>
  constructor(track: ImageTrack) {
    this.worker = new Worker(program, { eval: true, workerData: { program, handle: track.handle } })
    this.worker.on('error', () => {})
    this.ended = new Promise((resolve) => this.worker.once('exit', resolve))
    workers.push(this.worker)
  }
  async order(name: string, argument?: unknown): Promise<void> {
    this.worker.postMessage([name, argument], [])
    await once(this.worker, 'message')
  }
}

const workers: Worker[] = []
afterEach(() => Promise.all(workers.splice(0).map((worker) => worker.terminate())))

const holdAll = (track: ImageTrack) => Array.from({ length: MOST_HELD }, () => track.allocate(IMAGE))
const held = (track: ImageTrack): number => new TrackControl(track.handle).countHeld()

describe('slots of a thread that is gone', () => {
  it.each(['terminate', 'throw', 'exit'])('are free at once after: %s', async (death) => {
    const track = new ImageTrack('t')
    const producer = new Producer(track)
    await producer.order('hold', MOST_HELD)
    expect(held(track)).toBe(MOST_HELD)
    expect(() => track.allocate(IMAGE)).toThrow(/every slot is held/)
    if (death === 'terminate') await producer.worker.terminate()
    else await producer.order(death)
    await producer.ended
    expect(held(track)).toBe(0)
    holdAll(track)
  })

  it('are not free while it is merely blocked', async () => {
    const track = new ImageTrack('t')
    const producer = new Producer(track)
    await producer.order('hold', MOST_HELD)
    const words = new Int32Array(new SharedArrayBuffer(4))
    await producer.order('block', words)
    expect(held(track)).toBe(MOST_HELD)
    expect(() => track.allocate(IMAGE)).toThrow(/every slot is held/)
    for (let value = 0; value < 50; value++) expect(track.addImage(gray(value))).toBe(true)
    Atomics.store(words, 0, 1)
    await producer.order('show')
    const shown = new ImageConsumer(track.handle).take()
    expect(shown?.data[0], 'the allocated image').toBe(0)
  })

  it('are not free because another thread is gone', async () => {
    const track = new ImageTrack('t')
    const [living, dying] = [new Producer(track), new Producer(track)]
    await living.order('hold', 2)
    await dying.order('hold', 3)
    await dying.worker.terminate()
    expect(held(track)).toBe(2)
    for (let i = 0; i < 3; i++) track.allocate(IMAGE)
    expect(() => track.allocate(IMAGE)).toThrow(/every slot is held/)
  })

  it('are free also when the handle was posted on, to a worker of the worker', async () => {
    const track = new ImageTrack('t')
    const producer = new Producer(track)
    await producer.order('hold', 2)
    await producer.order('nest', 3)
    expect(held(track)).toBe(MOST_HELD)
    await producer.worker.terminate()
    expect(held(track)).toBe(0)
    holdAll(track)
  })

  it('serve a producer that waits for one', async () => {
    const track = new ImageTrack('t', { queueSize: 1 })
    const consumer = new ImageConsumer(track.handle)
    const producer = new Producer(track)
    // Every slot is taken: by images in the worker's hands, and by those that the engine keeps.
    await producer.order('hold', MOST_HELD)
    const free = consumer.control.slots.length - MOST_HELD
    const kept = Array.from({ length: free }, (_, index) => {
      track.addImage(gray(index))
      return consumer.take()
    })
    expect(kept.every((image) => image !== undefined)).toBe(true)
    let done = false
    const waiting = track.addImageAsync(gray(99)).then(() => {
      done = true
    })
    await new Promise((resolve) => setImmediate(resolve))
    expect(done).toBe(false)
    await producer.worker.terminate()
    await waiting
    expect(consumer.take()?.data[0]).toBe(99)
  })

  it('wait for nobody when it had waited itself', async () => {
    const track = new ImageTrack('t')
    const consumer = new ImageConsumer(track.handle)
    const producer = new Producer(track)
    track.addImage(gray(1))
    for (let i = 0; i < 3; i++) await producer.order('wait')
    await producer.worker.terminate()
    expect(consumer.take()?.data[0]).toBe(1)
    await track.addImageAsync(gray(2))
    expect(consumer.take()?.data[0]).toBe(2)
    expect(consumer.take()).toBeUndefined()
    expect(track.stats).toMatchObject({ pushed: 2, queued: 0 })
  })

  it('are told apart when a new thread has the old one’s descriptor', async () => {
    const [track, other] = [new ImageTrack('t'), new ImageTrack('other')]
    for (let round = 0; round < 5; round++) {
      const producer = new Producer(track)
      await producer.order('hold', MOST_HELD)
      await producer.worker.terminate()
      // The lowest free descriptor is given first, so it gets the same one; it has nothing to do with `track`.
      const next = new Producer(other)
      await next.order('hold', 1)
      expect(held(track)).toBe(0)
      await next.worker.terminate()
    }
    holdAll(track)
  })
})

describe('the table of threads', () => {
  it('has no entry for the main thread, or one that could not be watched', () => {
    expect(new Threads(ownThreads()).isGone(IMMORTAL)).toBe(false)
  })

  it('takes a thread for gone whose descriptor is closed or another file’s', () => {
    const memory = ownThreads()
    const threads = new Threads(memory)
    const words = new BigInt64Array(memory)
    const [FIRST_ENTRY, index, generation] = [4, 1000, 3]
    const id = generation * 1024 + index
    const enter = (fd: number) => {
      words[FIRST_ENTRY + index] = (BigInt(generation) << 32n) | BigInt.asUintN(32, BigInt(fd))
    }
    const descriptor = openSync(process.execPath, 'r')
    const foreign = openSync('/dev/null', 'r')
    enter(descriptor)
    expect(threads.isGone(id)).toBe(false)
    expect(threads.isGone(id + 1024), 'another generation').toBe(true)
    enter(foreign)
    expect(threads.isGone(id)).toBe(true)
    enter(descriptor)
    closeSync(descriptor)
    expect(threads.isGone(id)).toBe(true)
    closeSync(foreign)
  })
})

function gray(value: number) {
  return { ...IMAGE, data: new Uint8Array(256).fill(value) }
}
