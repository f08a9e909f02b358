import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { LocalCamera } from '../../../../src/cli/input/camera/local-camera.js'

describe('a camera of this machine', () => {
  it.skipIf(existsSync('/dev/video99'))('that is not there is said so, with what to look at', async () => {
    await expect(LocalCamera.open('/dev/video99', {})).rejects.toThrow(
      /^\/dev\/video99: no such camera; is it plugged in, and passed on to this container/,
    )
  })

  it('is no file', async () => {
    await expect(LocalCamera.open('package.json', {})).rejects.toThrow(
      /^package\.json: expected a camera, got a file$/,
    )
  })

  it.skipIf(process.getuid?.() === 0)(
    'that may not be used is said so, with the group that may',
    async () => {
      // readable for root alone on every Linux
      await expect(LocalCamera.open('/dev/port', {})).rejects.toThrow(/permission denied; the group "video"/)
    },
  )
})
