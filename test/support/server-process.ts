// A server in a process of its own: for what can only be measured or done to a whole process.

import { readdirSync, readFileSync } from 'node:fs'
import { answerCalls } from './child.js'
import { tenthsNow } from './glass.js'
import { burn, naturalStill, Reel } from './images.js'
import { PAGE_TEST } from './own-network.js'
import {
  type ControlChange,
  type ControlOptions,
  createServer,
  type ImageTrack,
  type KeyInput,
  type LimitOptions,
  LOCAL,
  type PixelcastServer,
  type PointerInput,
  type Rectangle,
  type RemoteViewer,
  type TrackOptions,
  urlOf,
  type ViewerStats,
  type WheelInput,
} from './pixelcast.js'

export interface SeenInput {
  readonly kind: 'key' | 'pointer' | 'wheel' | 'control'
  readonly input: KeyInput | PointerInput | WheelInput | ControlChange
  readonly viewer: string
  readonly canControl: boolean
  /** Value of the control, when its event came. */
  readonly value?: number
}

export interface ServerProcessApi {
  /** Opens the server and one track; gives its URL. `port` 0 takes a free one. */
  open(request: {
    port: number
    track: string
    options?: TrackOptions
    limits?: LimitOptions
    ingest?: boolean
  }): Promise<string>
  /** What viewers did so far, in order, with the viewer's id; and whether it may control by now. */
  inputs(): SeenInput[]
  /** How many of them there were since the last call; forgets them. */
  countInputs(): number
  /** Keeps the application's thread busy, ms. */
  block(request: { ms: number }): void
  addControl(options: ControlOptions): void
  setControl(request: { name: string; value: number }): number
  removeControl(request: { name: string }): boolean
  controls(): ImageTrack['controls']
  /** Asks for a rectangle; `abortAfter` ms ends the question. */
  select(request: { abortAfter?: number }): Promise<(Rectangle & { viewer: string }) | null>
  viewerStats(): Promise<(ViewerStats | undefined)[]>
  /** Of the one that came first (0), second (1), …; undefined when it is gone. */
  statsOfViewer(request: { place: number }): Promise<ViewerStats | undefined>
  /** Answers offers as an application does, and ends the sessions; gives what went wrong but a refusal, or what came of it. */
  answer(request: { offers: readonly string[] }): Promise<string[]>
  /** What the server's `error` event told since the last call. */
  errors(): string[]
  /**
   * Pushes numbered images until `stop`. With `blockFor` the thread is kept busy for so many ms after
   * each push, as a detector would, and `fps` does not count. With `times` the number is the time, tenths of a
   * millisecond since the Unix epoch modulo 2^32.
   */
  produce(request: { width: number; height: number; fps: number; blockFor?: number; times?: boolean }): void
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
const inputs: SeenInput[] = []
/** In the order in which they came; those that are gone leave a gap. */
const viewers: (RemoteViewer | undefined)[] = []
const errors: string[] = []

answerCalls<ServerProcessApi>({
  async open({ port, track: name, options, limits, ingest = false }) {
    server = await createServer({
      ...(PAGE_TEST.isStock ? {} : LOCAL),
      port,
      limits,
      ...(ingest && { ingest: { createTracks: true } }),
    })
    server.on('error', (error) => errors.push(error.stack ?? error.message))
    const added = server.addTrack(name, options)
    track = added
    added.on('viewer', (viewer) => {
      viewers.push(viewer)
    })
    added.on('leave', (viewer) => {
      viewers[viewers.indexOf(viewer)] = undefined
    })
    for (const kind of ['key', 'pointer', 'wheel', 'control'] as const)
      added.on(kind, (input, { id, canControl }) => {
        const value = 'value' in input && kind === 'control' ? added.getControl(input.name) : undefined
        inputs.push({ kind, input, viewer: id, canControl, ...(value !== undefined && { value }) })
      })
    return urlOf(server)
  },

  produce({ width, height, fps, blockFor, times }) {
    const reel = new Reel(width, height)
    const target = track!
    producing = true
    let due = performance.now()
    const step = () => {
      if (!producing) return
      const image = reel.image(++number)
      target.addImage(times ? burn(image, tenthsNow()) : image)
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

  inputs: () => inputs,
  countInputs: () => inputs.splice(0).length,

  block({ ms }) {
    const end = performance.now() + ms
    while (performance.now() < end);
  },

  addControl: (options) => track!.addControl(options),
  setControl: ({ name, value }) => track!.setControl(name, value),
  removeControl: ({ name }) => track!.removeControl(name),
  controls: () => track!.controls,

  async select({ abortAfter }) {
    const signal = abortAfter === undefined ? undefined : AbortSignal.timeout(abortAfter)
    const selected = await track!.selectRectangle({ signal })
    return selected ? { ...selected, viewer: selected.viewer.id } : null
  },

  viewerStats: () => Promise.all(viewers.map((viewer) => viewer?.stats())),

  statsOfViewer: async ({ place }) => viewers[place]?.stats(),

  answer: ({ offers }) =>
    Promise.all(
      offers.map(async (offer) => {
        try {
          const { viewer } = await track!.connect(offer)
          viewer.close()
          return 'accepted'
        } catch (error) {
          const status = (error as { status?: number }).status ?? 0
          return status >= 400 && status < 500 ? 'refused' : String((error as Error).stack)
        }
      }),
    ),

  errors: () => errors.splice(0),

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
