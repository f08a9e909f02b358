import { describe, expect, it } from 'vitest'
import { parseCameraAddress, withoutCredentials } from '../../../../src/cli/input/camera/address.js'
import { FrameStreamSink, frameHeader } from '../../../../src/cli/input/camera/frame-stream.js'
import { LocalCamera } from '../../../../src/cli/input/camera/local-camera.js'
import { kindOf } from '../../../../src/cli/input/kind.js'
import { FakeTrack, feedInPieces, noise } from '../stream/support.js'

describe('arguments', () => {
  it.each([
    ['-', 'stdin'],
    ['rtsp://camera/1', 'rtsp'],
    ['RTSPS://camera/1', 'rtsp'],
    ['http://camera/video.mjpg', 'http'],
    ['https://camera/', 'http'],
    ['/dev/video0', 'device'],
    ['/dev/video', 'device'],
    ['ftp://camera/1', 'address'],
    ['/dev/videos/a.mp4', 'path'],
    ['C://', 'path'],
    ['./-', 'path'],
    ['a.mp4', 'path'],
  ])('%s is of the kind %s', (argument, kind) => {
    expect(kindOf(argument)).toBe(kind)
  })
})

describe('the address of a camera', () => {
  it('is shown without its password', () => {
    const address = parseCameraAddress('rtsp://me:se%3Acret@10.0.0.7:554/live/main?x=1')
    expect(address.shown).toBe('rtsp://***@10.0.0.7:554/live/main?x=1')
    expect(address.name).toBe('10.0.0.7-main')
    expect(withoutCredentials(address)).toEqual({
      url: new URL('rtsp://10.0.0.7:554/live/main?x=1'),
      authorization: `Basic ${Buffer.from('me:se:cret').toString('base64')}`,
    })
    expect(withoutCredentials(parseCameraAddress('http://cam/')).authorization).toBeUndefined()
  })

  it.each(['rtsp://', 'http://me:secret@', 'http://a:b'])('is refused when there is no host: %s', (text) => {
    expect(() => parseCameraAddress(text)).toThrow(/expected/)
    expect(() => parseCameraAddress(text)).not.toThrow(/secret/)
  })
})

describe('the frames of a camera process', () => {
  it('are pushed as they are, also when their size changes', async () => {
    const layouts = [
      { width: 6, height: 4, format: 'yuv420p' },
      { width: 6, height: 4, format: 'yuv420p' },
      { width: 5, height: 3, format: 'rgba' },
      { width: 6, height: 4, format: 'yuv420p' },
    ] as const
    const sizes = [36, 36, 60, 36]
    const pixels = sizes.map((size, i) => noise(size, i))
    const stream = Buffer.concat(layouts.flatMap((layout, i) => [frameHeader(layout), pixels[i]!]))
    for (let seed = 0; seed < 10; seed++) {
      const track = new FakeTrack()
      let count = 0
      const sink = new FrameStreamSink(track, () => count++)
      await feedInPieces(sink, Buffer.concat([stream, stream.subarray(0, 20)]), seed)
      expect(track.pushed.map(({ width, format }) => [width, format])).toEqual(
        layouts.map(({ width, format }) => [width, format]),
      )
      expect(track.pushed.map(({ data }, i) => Buffer.from(data).equals(pixels[i]!))).toEqual([
        true,
        true,
        true,
        true,
      ])
      expect([count, sink.end()]).toEqual([4, { images: 4, incomplete: 4 }])
      expect(track.held).toBe(0)
    }
  })
})

describe('a camera of this machine', () => {
  it('has to be there', async () => {
    await expect(LocalCamera.open('/dev/video4711', {})).rejects.toThrow(
      /^\/dev\/video4711: no such camera; is it plugged in/,
    )
  })

  it('has to be a camera', async () => {
    await expect(LocalCamera.open('package.json', {})).rejects.toThrow(/expected a camera, got a file/)
  })
})
