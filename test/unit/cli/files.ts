/** Pure red in BT.601, limited range. */
export const RED_YUV = [81, 90, 240] as const

/** An uncompressed video of one colour. */
export function y4m(options: {
  width: number
  height: number
  fps: number
  frames: number
  colour: readonly [number, number, number]
  aspect?: string
}): Buffer {
  const { width, height, fps, frames, colour, aspect = '1:1' } = options
  const header = Buffer.from(`YUV4MPEG2 W${width} H${height} F${fps}:1 Ip A${aspect} C420jpeg\n`)
  const [y, u, v] = colour
  const frame = Buffer.concat([
    Buffer.from('FRAME\n'),
    Buffer.alloc(width * height, y),
    Buffer.alloc((width * height) / 4, u),
    Buffer.alloc((width * height) / 4, v),
  ])
  return Buffer.concat([header, ...Array.from({ length: frames }, () => frame)])
}

/** A 24-bit bitmap of one colour. */
export function bmp(width: number, height: number, [r, g, b]: readonly [number, number, number]): Buffer {
  const stride = Math.ceil((width * 3) / 4) * 4
  const file = Buffer.alloc(54 + stride * height)
  file.write('BM', 0, 'latin1')
  file.writeUInt32LE(file.length, 2)
  file.writeUInt32LE(54, 10)
  file.writeUInt32LE(40, 14)
  file.writeInt32LE(width, 18)
  file.writeInt32LE(height, 22)
  file.writeUInt16LE(1, 26)
  file.writeUInt16LE(24, 28)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) file.set([b, g, r], 54 + y * stride + x * 3)
  return file
}
