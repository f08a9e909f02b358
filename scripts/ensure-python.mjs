// Installs python3-opencv by apt when no Python has OpenCV and that is possible without asking anyone. Without
// it the tests of docs/python.md are skipped and say so; everything else runs.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { apt, asRoot } from './apt.mjs'

const PACKAGE = 'python3-opencv'

function hasOpenCv() {
  return ['/usr/bin/python3', 'python3'].some(
    (python) => spawnSync(python, ['-c', 'import cv2, numpy'], { stdio: 'ignore' }).status === 0,
  )
}

if (!hasOpenCv()) {
  const prefix = existsSync('/usr/bin/apt-get') ? asRoot() : undefined
  if (prefix) {
    console.log(`Installing what the tests of Python need: ${PACKAGE}`)
    apt(prefix, ['update', '-q'])
    apt(prefix, ['install', '-y', '-q', '--no-install-recommends', PACKAGE])
  }
  if (!hasOpenCv())
    console.error(`No Python has OpenCV, its tests are skipped. As root: apt-get install ${PACKAGE}`)
}
