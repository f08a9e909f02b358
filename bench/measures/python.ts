import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import type { Measure } from '../bench.js'
import { DIST, ROOT } from '../support/bundle.mjs'
import type { Scene } from '../support/system-process.js'
import { GLASS_COLUMNS, watch } from '../support/watch.js'

const PYTHON = '/usr/bin/python3'
const PEER = join(ROOT, 'bench/peers/pixelcast_python.py')
/** How images get from Python to pixelcast: the peer's name for it, and the report's. Without Python, to compare with. */
const WAYS = {
  node: 'addImage in Node',
  stdin: 'stdin, raw',
  put: 'HTTP PUT, raw',
  jpeg: 'HTTP stream, JPEG',
} as const

export const python: Measure = {
  name: 'python',
  about:
    'Age of images of a Python program when they are painted: OpenCV frames through a pipe to `pixelcast serve -`, ' +
    'raw by PUT on one connection, and as JPEGs (quality 90, encoded by OpenCV, which counts) in one multipart ' +
    'request; with the code of docs/python.md. Beside them addImage in Node. CPU is that of the program that makes the ' +
    'images; in Node pixelcast is part of it.',
  columns: GLASS_COLUMNS,
  async run(bench) {
    const missing = missingOpenCv()
    const sizes = bench.quick
      ? ([[1280, 720]] as const)
      : ([
          [640, 480],
          [1280, 720],
          [1920, 1080],
        ] as const)
    for (const [width, height] of sizes)
      for (const [way, title] of Object.entries(WAYS)) {
        const scene: Scene = { content: 'screen', width, height, fps: 30, producer: 'live' }
        const conditions = { way: title, size: `${width}×${height}`, fps: 30, codec: 'h264' }
        await bench.compare(
          conditions,
          async (system) => {
            if (missing && way !== 'node') return { skipped: missing }
            const python = [PYTHON, PEER, '--cli', join(DIST, 'cli/main.js'), '--way', way]
            const command = way === 'node' ? system.command : python
            const viewpoint = { browser: 'chromium', codec: 'h264' } as const
            return watch(bench, { ...system, command }, scene, viewpoint, bench.duration(10, 2.5))
          },
          ['pixelcast'],
        )
      }
  },
}

/** Why Python cannot take part; undefined when it can. */
function missingOpenCv(): string | undefined {
  const { status } = spawnSync(PYTHON, ['-c', 'import cv2, numpy'], { stdio: 'ignore' })
  return status === 0 ? undefined : `${PYTHON} has no OpenCV: apt-get install python3-opencv`
}
