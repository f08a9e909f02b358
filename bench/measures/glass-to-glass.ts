import type { Bench, Measure } from '../bench.js'
import { type Content, missingContent } from '../content.js'
import { BLOCK_MS } from '../contract.js'
import type { Scene } from '../support/system-process.js'
import { GLASS_COLUMNS, missingCodec, type Viewpoint, watch } from '../support/watch.js'
import type { SystemName } from '../systems.js'

const HOW =
  'The time is burned into each image when it is handed over, and read back from the page in ' +
  'requestVideoFrameCallback, with one clock. Missed: painted between two callbacks.'

const SIZES = [
  [640, 480],
  [1280, 720],
  [1920, 1080],
] as const
const CHROMIUM_H264: Viewpoint = { browser: 'chromium', codec: 'h264' }
const CHROMIUM_VP8: Viewpoint = { browser: 'chromium', codec: 'vp8' }
const FIREFOX_H264: Viewpoint = { browser: 'firefox', codec: 'h264' }
const FIREFOX_VP8: Viewpoint = { browser: 'firefox', codec: 'vp8' }
const HD: Scene = { content: 'screen', width: 1280, height: 720, fps: 30, producer: 'live' }

export const glassToGlass: Measure = {
  name: 'glass-to-glass',
  about: `Age of images when they are painted, nearly still screen. ${HOW}`,
  columns: GLASS_COLUMNS,
  async run(bench) {
    if (bench.quick) {
      await compare(bench, HD, CHROMIUM_H264)
      await compare(bench, HD, CHROMIUM_VP8, onlyVp8(bench))
      return
    }
    for (const viewpoint of [CHROMIUM_H264, CHROMIUM_VP8, FIREFOX_VP8, FIREFOX_H264])
      for (const [width, height] of SIZES)
        for (const fps of [30, 60]) await compare(bench, { ...HD, width, height, fps }, viewpoint)
  },
}

export const contents: Measure = {
  name: 'contents',
  about: `The same on a real video (pedestrians) and on motion under grain. ${HOW}`,
  columns: GLASS_COLUMNS,
  async run(bench) {
    if (bench.quick) return
    for (const content of ['video', 'motion'] as const)
      for (const viewpoint of [CHROMIUM_H264, CHROMIUM_VP8])
        await compare(bench, { ...HD, content }, viewpoint)
  },
}

export const blockedProducer: Measure = {
  name: 'blocked-producer',
  about: `The same with a producer that holds its thread for ${BLOCK_MS} ms after each image. ${HOW}`,
  columns: GLASS_COLUMNS,
  async run(bench) {
    const scene: Scene = { ...HD, producer: 'blocking' }
    await compare(bench, scene, CHROMIUM_H264)
    await compare(bench, scene, CHROMIUM_VP8, bench.quick ? onlyVp8(bench) : undefined)
  },
}

export const lateViewer: Measure = {
  name: 'late-viewer',
  about: `The same for a viewer who comes when images have been made for 3 s, as in a program that does not wait for viewers. In all other measures aiortc's producer starts with the first viewer, its best case. ${HOW}`,
  columns: GLASS_COLUMNS,
  async run(bench) {
    if (bench.quick) return
    await compare(bench, { ...HD, early: true }, CHROMIUM_H264)
    await compare(bench, { ...HD, early: true }, CHROMIUM_VP8, onlyVp8(bench))
  },
}

/** Where one codec stands for all, these are measured with theirs. */
function onlyVp8(bench: Bench): SystemName[] {
  return bench.systems.flatMap((system) =>
    'missing' in system || system.codecs.includes('h264') ? [] : [system.name],
  )
}

async function compare(
  bench: Bench,
  scene: Scene,
  viewpoint: Viewpoint,
  only?: readonly SystemName[],
): Promise<void> {
  const { content, width, height, fps, producer } = scene
  const conditions = {
    content,
    size: `${width}×${height}`,
    fps: producer === 'live' ? fps : `${Math.round(1000 / BLOCK_MS)}`,
    ...viewpoint,
  }
  const missing = missingContent(content as Content) ?? (await missingCodec(bench, viewpoint))
  const ms = bench.duration(6, 2.5)
  await bench.compare(
    conditions,
    async (system) => (missing ? { skipped: missing } : watch(bench, system, scene, viewpoint, ms)),
    only,
  )
}
