// The server that is soaked, in a process of its own: nothing else is measured.
import { readdirSync, readFileSync } from 'node:fs'
import { answerCalls } from '../support/child.js'
import { noise, Reel } from '../support/images.js'
import { createServer, type ImageTrack, LOCAL, urlOf } from '../support/pixelcast.js'
import { every } from '../support/wait.js'

export interface Vitals {
  readonly residentKiB: number
  readonly heapKiB: number
  readonly externalKiB: number
  readonly files: number
  readonly threads: number
  readonly viewers: number
  /** Since the start. */
  readonly pushed: number
  readonly encoded: number
  readonly keyframes: number
  readonly errors: number
}

export interface SoakServerApi {
  open(): Promise<string>
  measure(): Vitals
  errors(): string[]
}

const MOVING = { width: 640, height: 360, fps: 30 }
const SIZES = [
  [640, 360],
  [641, 363],
  [320, 240],
  [960, 540],
] as const
/** The size changes after so many images. */
const SIZE_EVERY = 75

const tracks: ImageTrack[] = []
const errors: string[] = []
let failed = 0

answerCalls<SoakServerApi>({
  async open() {
    const server = await createServer({
      ...LOCAL,
      ingest: { createTracks: true },
      // A machine that has other things to do is no reason to turn guests away.
      limits: { encodeLoad: 1, sendLoad: 1 },
    })
    const note = (error: Error) => {
      failed++
      if (errors.length < 100) errors.push(error.message)
    }
    server.on('error', note)
    server.on('track', (track) => {
      tracks.push(track)
      // Senders also send what is no image.
      track.on('error', () => {})
      track.on('close', () => tracks.splice(tracks.indexOf(track), 1))
    })
    const add = (name: string): ImageTrack => {
      const track = server.addTrack(name, { control: 'anyone' })
      track.on('error', note)
      tracks.push(track)
      return track
    }
    const moving = add('moving')
    moving.addControl({ name: 'gain', max: 100 })
    const reel = new Reel(MOVING.width, MOVING.height)
    every(MOVING.fps, (index) => moving.addImage(reel.image(index), { metadata: { index } }))
    const still = add('still')
    const stills = [1, 2, 3].map((seed) => noise(320, 240, seed))
    every(0.1, (index) => still.addImage(stills[index % stills.length]!))
    const changing = add('changing')
    const reels = SIZES.map(([width, height]) => new Reel(width, height, 8))
    every(15, (index) =>
      changing.addImage(reels[Math.floor(index / SIZE_EVERY) % reels.length]!.image(index)),
    )
    return urlOf(server)
  },

  measure() {
    globalThis.gc?.()
    const status = readFileSync('/proc/self/status', 'utf8')
    const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1])
    const { heapUsed, external } = process.memoryUsage()
    const sum = (of: (track: ImageTrack) => number) => tracks.reduce((total, track) => total + of(track), 0)
    return {
      residentKiB: field('VmRSS'),
      heapKiB: Math.round(heapUsed / 1024),
      externalKiB: Math.round(external / 1024),
      files: readdirSync('/proc/self/fd').length,
      threads: field('Threads'),
      viewers: sum(({ stats }) => stats.viewers),
      pushed: sum(({ stats }) => stats.pushed),
      encoded: sum(({ stats }) => stats.framesEncoded),
      keyframes: sum(({ stats }) => stats.keyframes),
      errors: failed,
    }
  },

  errors: () => errors.splice(0),
})
