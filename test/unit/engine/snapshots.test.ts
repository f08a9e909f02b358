import { describe, expect, it } from 'vitest'
import { quietFfmpeg } from '../../../src/encode/index.js'
import type { SourceImage } from '../../../src/encode/source-reader.js'
import { Snapshots } from '../../../src/engine/snapshots.js'

quietFfmpeg()

function image(shade: number, width = 64, height = 48): SourceImage {
  return { format: 'gray8', width, height, data: new Uint8Array(width * height).fill(shade) }
}

describe('Snapshots', () => {
  it('encodes an image once for all who ask for it at the same time', async () => {
    const snapshots = new Snapshots()
    const still = image(100)
    const [first, ...others] = await Promise.all(
      Array.from({ length: 20 }, () => snapshots.take('png', () => still)),
    )
    expect(
      Buffer.from(first ?? [])
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG')
    for (const other of others) expect(other).toBe(first)
  })

  it('those who come later get the image of then, and it too is encoded once', async () => {
    const snapshots = new Snapshots()
    let latest = image(1)
    const early = snapshots.take('png', () => latest)
    latest = image(200)
    const late = [snapshots.take('png', () => latest), snapshots.take('png', () => latest)]
    const [a, b, c] = await Promise.all([early, ...late])
    expect(a).not.toEqual(b)
    expect(c).toBe(b)
  })

  it('both formats, and compressed images as they are', async () => {
    const snapshots = new Snapshots()
    const [png, jpg] = await Promise.all([
      snapshots.take('png', () => image(7)),
      snapshots.take('jpg', () => image(7)),
    ])
    expect(png?.[0]).toBe(0x89)
    expect(jpg?.[0]).toBe(0xff)
    const compressed: SourceImage = { format: 'png', width: 64, height: 48, data: png! }
    const file = await snapshots.take('png', () => compressed)
    expect(new Uint8Array(file!)).toEqual(new Uint8Array(png!))
  })

  it('fails for who asked, and serves the next', async () => {
    const snapshots = new Snapshots()
    const broken: SourceImage = { format: 'jpeg', width: 64, height: 48, data: new Uint8Array([255, 216]) }
    await expect(snapshots.take('png', () => broken)).rejects.toThrow(/do not decode/)
    expect(await snapshots.take('png', () => image(9))).toBeDefined()
    expect(await snapshots.take('png', () => undefined)).toBeUndefined()
  })

  it('is idle only after the last file', async () => {
    const snapshots = new Snapshots()
    const order: string[] = []
    void snapshots.take('png', () => image(3, 640, 480)).then(() => order.push('file'))
    await snapshots.idle()
    order.push('idle')
    await new Promise((resolve) => setImmediate(resolve))
    expect(order[0]).toBe('file')
  })
})
