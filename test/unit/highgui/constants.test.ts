import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import * as constants from '../../../src/highgui/constants.js'

/** Debian's python3-opencv belongs to this one. */
const python = spawnSync('/usr/bin/python3', [
  '-c',
  "import cv2, json; print(json.dumps({k: v for k, v in vars(cv2).items() if k.startswith(('EVENT_', 'WINDOW_', 'WND_'))}))",
])
const theirs =
  python.status === 0 ? (JSON.parse(python.stdout.toString()) as Record<string, number>) : undefined

describe('the constants', () => {
  it.skipIf(!theirs)('are those of cv2, and all of them', () => {
    expect(Object.keys(theirs ?? {}).length).toBeGreaterThan(30)
    expect({ ...constants }).toEqual(theirs)
  })
})
