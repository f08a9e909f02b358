import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, it } from 'vitest'
import { ImageConsumer, ImageTrack, type TrackOptions } from '../../../dist/track/index.js'

const PROGRAMS = new URL('../programs/', import.meta.url)
/** Slot states as in track/control.ts. */
const [FREE, READY, TAKEN] = [0, 2, 3]

const workers: Worker[] = []
afterEach(() => Promise.all(workers.splice(0).map((worker) => worker.terminate())))

function start(program: string, workerData: object): Worker {
  const worker = new Worker(new URL(program, PROGRAMS), { workerData })
  workers.push(worker)
  return worker
}

describe('the queue between threads', () => {
  it('never loses the last image, however the engine and the producer meet', async () => {
    const track = new ImageTrack('race')
    const seen = new Int32Array(new SharedArrayBuffer(12))
    await once(start('take-images.mjs', { handle: track.handle, seen }), 'message')
    const data = new Uint8Array(4)
    let number = 0
    for (let burst = 0; burst < 3_000; burst++) {
      // Three at once: the engine takes one while the next replaces it.
      for (let i = 0; i < 3; i++) {
        new DataView(data.buffer).setInt32(0, ++number)
        track.addImage({ data, width: 2, height: 2, format: 'gray8' })
      }
      const deadline = performance.now() + 5_000
      while (Atomics.load(seen, 0) !== number && performance.now() < deadline);
      expect(Atomics.load(seen, 0), `the last image of burst ${burst}`).toBe(number)
    }
    Atomics.store(seen, 2, 1)
    expect(Atomics.load(seen, 1), 'images that came after a newer one').toBe(0)
  })

  it.each<TrackOptions>([{}, { queueSize: 3 }, { queueSize: 2, overflow: 'drop-newest' }])(
    'three threads push at once with %j: no image is torn, no slot is lost',
    async (options) => {
      const track = new ImageTrack('storm', options)
      const consumer = new ImageConsumer(track.handle)
      let taken = 0
      let torn = 0
      let kept: ReturnType<ImageConsumer['take']>
      void consumer.watch(() => {
        for (let image = consumer.take(); image; image = consumer.take()) {
          taken++
          const { data } = image
          if (data.some((value) => value !== data[0])) torn++
          kept?.release()
          kept = image
        }
      })
      const counts = await Promise.all(
        [0, 1, 2].map(async () => {
          const worker = start('push-images.mjs', { handle: track.handle, rounds: 20_000 })
          return (await once(worker, 'message'))[0] as { taken: number; refused: number; waiting: number }
        }),
      )
      const sum = (key: 'taken' | 'refused' | 'waiting') =>
        counts.reduce((total, count) => total + count[key], 0)
      await expect.poll(() => track.stats.queued).toBe(0)
      const { pushed, dropped } = track.stats
      expect(torn).toBe(0)
      expect(sum('waiting'), 'calls of addImageAsync that wait').toBe(0)
      expect(pushed).toBe(sum('taken'))
      expect(dropped.full).toBe(sum('refused'))
      expect(taken).toBe(pushed - dropped.superseded)
      if (options.overflow === 'drop-newest') expect(dropped.superseded).toBe(0)
      const states = consumer.control.slots.map((_, slot) => consumer.control.slotState(slot))
      expect(states.filter((state) => state !== FREE)).toEqual([TAKEN])
      expect(states).not.toContain(READY)
      await track.close()
    },
  )
})
