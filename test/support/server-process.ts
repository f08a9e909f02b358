// A server in a process of its own: for what can only be measured or done to a whole process.

import { readdirSync, readFileSync } from 'node:fs'
import { answerCalls } from './child.js'
import { burn, naturalStill, Reel } from './images.js'
import { PAGE_TEST } from './own-network.js'
import { createServer, type ImageTrack, LOCAL, type PixelcastServer, urlOf } from './pixelcast.js'

export interface ServerProcessApi {
  /** Opens the server and one track; gives its URL. `port` 0 takes a free one. */
  open(request: { port: number; track: string }): Promise<string>
  /**
   * Pushes numbered images until `stop`. With `blockFor` the thread is kept busy for so many ms after
   * each push, as a detector would, and `fps` does not count.
   */
  produce(request: { width: number; height: number; fps: number; blockFor?: number }): void
  /** Pushes the natural still with a number, once. */
  pushStill(request: { width: number; height: number; number: number }): void
  /** Stops pushing; gives the number of the last image. */
  stop(): number
  stats(): ImageTrack['stats']
  /** After a full garbage collection (needs `--expose-gc`). */
  measure(): { residentKiB: number; heapKiB: number; files: number; threads: number }
  /** Processor time of all its threads so far, ms. */
  cpu(): number
  close(): Promise<void>
}

let server: PixelcastServer | undefined
let track: ImageTrack | undefined
let producing = false
let number = 0

answerCalls<ServerProcessApi>({
  async open({ port, track: name }) {
    server = await createServer({ ...(PAGE_TEST.isStock ? {} : LOCAL), port })
    track = server.addTrack(name)
    return urlOf(server)
  },

  produce({ width, height, fps, blockFor }) {
    const reel = new Reel(width, height)
    const target = track!
    producing = true
    let due = performance.now()
    const step = () => {
      if (!producing) return
      target.addImage(reel.image(++number))
      if (blockFor === undefined) {
        due = Math.max(due + 1000 / fps, performance.now())
        setTimeout(step, due - performance.now())
      } else {
        const end = performance.now() + blockFor
        while (performance.now() < end);
        setImmediate(step)
      }
    }
    step()
  },

  pushStill({ width, height, number: burned }) {
    track!.addImage(burn(naturalStill(width, height), burned))
  },

  stop() {
    producing = false
    return number
  },

  stats: () => track!.stats,

  measure() {
    globalThis.gc?.()
    const status = readFileSync('/proc/self/status', 'utf8')
    const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1])
    return {
      residentKiB: field('VmRSS'),
      heapKiB: Math.round(process.memoryUsage().heapUsed / 1024),
      files: readdirSync('/proc/self/fd').length,
      threads: field('Threads'),
    }
  },

  cpu() {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1000
  },

  async close() {
    producing = false
    await server?.close()
  },
})
