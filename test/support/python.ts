import { spawnSync } from 'node:child_process'

/** Debian's first: its packages belong to it, whatever else is on the PATH. */
const CANDIDATES = [process.env.PIXELCAST_PYTHON, '/usr/bin/python3', 'python3']

/** A Python that has OpenCV; undefined when there is none. */
export const python: string | undefined = CANDIDATES.find(
  (candidate) =>
    candidate && spawnSync(candidate, ['-c', 'import cv2, numpy'], { stdio: 'ignore' }).status === 0,
)

/** For the name of what has to be skipped. */
export const NO_PYTHON = python
  ? ''
  : ' (SKIPPED: no Python here has OpenCV; as root, apt-get install python3-opencv)'
