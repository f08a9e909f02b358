// Producers that are hard on a track, with its server, in a process of its own.

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { build } from 'esbuild'
import { createServer, ImageTrack } from '../../dist/index.js'
import { ImageConsumer, TrackControl } from '../../dist/track/index.js'
import { answerCalls, ROOT } from './child.js'
import { Reel } from './images.js'
import { LOCAL, urlOf } from './pixelcast.js'
import { seeded } from './random.js'
import { pause } from './wait.js'

export interface ProducersApi {
  /** Opens the server and a track on it; gives the server's URL. */
  open(track: string): Promise<string>
  /** Lets so many workers live and die, a few at a time, all of them pushing to this track and to one of no server. */
  outlive(request: { workers: number; seed: number }): Promise<Outcome>
  /** Pushes a flat image. */
  pushFlat(level: number): void
  /** Pushes so many numbered images, a thousand a second. */
  flood(request: { images: number; width: number; height: number }): Promise<FloodOutcome>
}

export interface Outcome {
  /** How many workers of each kind there were. */
  readonly deaths: Readonly<Record<string, number>>
  /** Images that came through the track of no server, and those among them that were not flat. */
  readonly taken: number
  readonly torn: number
  /** Slots that the dead had in their hands, of both tracks; and those that did not count as free at once. */
  readonly held: number
  readonly leaked: number
  /** Images that could be allocated on each track in the end. */
  readonly allocated: readonly number[]
  /** Open files when a tenth of the workers had been, and when all had. */
  readonly files: readonly [number, number]
  readonly residentMiB: readonly number[]
}

export interface FloodOutcome {
  readonly pushed: number
  readonly seconds: number
  readonly residentMiB: readonly number[]
}

const AT_A_TIME = 4
/** Half of the workers copy large images as fast as they can; others hold one. */
const KINDS = ['bytes', 'holder', 'floats', 'exits', 'bytes', 'patient', 'floats', 'throws'] as const
const LEVELS = [40, 90, 140, 190, 240]
const LONGEST_LIFE_MS = 25

let shown: ImageTrack

answerCalls<ProducersApi>({
  async open(name) {
    const server = await createServer(LOCAL)
    // Enough for whole pictures, however busy the machine is.
    shown = server.addTrack(name, { minBitrate: 4_000_000 })
    return urlOf(server)
  },

  async outlive({ workers, seed }) {
    const hidden = new ImageTrack('of no server')
    const tracks = [shown, hidden]
    const controls = tracks.map((track) => new TrackControl(track.handle))
    const seen = lookAtAll(hidden)
    const program = await bundle('test/integration/programs/mortal-producer.mjs')
    const random = seeded(seed)
    const live = (kind: string) => liveAndDie(program, kind, tracks, random)
    const deaths: Record<string, number> = {}
    const residentMiB: number[] = []
    const files: number[] = []
    let [held, leaked] = [0, 0]
    for (let started = 0; started < workers; started += AT_A_TIME) {
      const kinds = Array.from({ length: AT_A_TIME }, (_, i) => KINDS[(started + i) % KINDS.length]!)
      await Promise.all(kinds.map(live))
      for (const kind of kinds) deaths[kind] = (deaths[kind] ?? 0) + 1
      for (const control of controls) {
        held += control.slots.filter((_, slot) => control.slotState(slot) === WRITING).length
        leaked += control.countHeld()
      }
      const tenths = Math.floor((10 * (started + AT_A_TIME)) / workers)
      if (tenths > residentMiB.length) residentMiB.push(resident())
      if (tenths >= 1 && files.length === 0) files.push(countFiles())
    }
    const allocated = tracks.map(allocateAll)
    files.push(countFiles())
    await hidden.close()
    return { deaths, ...seen, held, leaked, allocated, files: [files[0]!, files[1]!], residentMiB }
  },

  pushFlat(level) {
    shown.addImage({
      data: new Uint8Array(1280 * 720).fill(level),
      width: 1280,
      height: 720,
      format: 'gray8',
    })
  },

  async flood({ images, width, height }) {
    const reel = new Reel(width, height)
    const start = performance.now()
    const before = shown.stats.pushed
    const residentMiB: number[] = []
    for (let number = 0; number < images; await pause(1)) {
      const due = Math.min(images, Math.floor(performance.now() - start))
      while (number < due) {
        shown.addImage(reel.image(++number))
        if (number % Math.floor(images / 10) === 0) residentMiB.push(resident())
      }
    }
    const seconds = (performance.now() - start) / 1000
    return { pushed: shown.stats.pushed - before, seconds, residentMiB }
  },
})

/** SlotState of track/control.ts. */
const WRITING = 1

/** Takes every image of a track, and looks whether it is flat. */
function lookAtAll(track: ImageTrack): { taken: number; torn: number } {
  const seen = { taken: 0, torn: 0 }
  const consumer = new ImageConsumer(track.handle)
  void consumer.watch(() => {
    for (let image = consumer.take(); image; image = consumer.take()) {
      seen.taken++
      if (Buffer.compare(image.data.subarray(1), image.data.subarray(0, -1)) !== 0) seen.torn++
      image.release()
    }
  })
  return seen
}

/** A thread starts in two thirds of the time when it need not look for modules, and there are many. */
async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, entry)],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    write: false,
  })
  return outputFiles[0]!.text
}

/** A worker that is ended at any moment after it has begun, unless it ends itself. */
async function liveAndDie(
  program: string,
  kind: string,
  tracks: readonly ImageTrack[],
  random: () => number,
): Promise<void> {
  const levels = Array.from({ length: 8 }, () => LEVELS[Math.floor(random() * LEVELS.length)]!)
  const life = random() * LONGEST_LIFE_MS
  const handles = tracks.map((track) => track.handle)
  const worker = new Worker(program, { eval: true, workerData: { handles, kind, levels } })
  worker.on('error', (error) => {
    if (error.message !== 'on purpose') throw error
  })
  const ended = new Promise((resolve) => worker.once('exit', resolve))
  await Promise.race([new Promise((resolve) => worker.once('message', resolve)), ended])
  await pause(life)
  await worker.terminate()
  await ended
}

/** How many images can be held at a time. */
function allocateAll(track: ImageTrack): number {
  const images = []
  try {
    for (;;) images.push(track.allocate({ width: 64, height: 64, format: 'gray8' }))
  } catch {
    for (const image of images) image.discard()
    return images.length
  }
}

function countFiles(): number {
  return readdirSync('/proc/self/fd').length
}

function resident(): number {
  globalThis.gc?.()
  return Math.round(process.memoryUsage.rss() / 2 ** 20)
}
