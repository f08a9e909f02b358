/** Draws each box into RGBA pixels, as a frame of `thickness` pixels. */
export function drawBoxes(
  { data, width, height, stride = width * 4 },
  boxes,
  [r, g, b] = [57, 230, 161],
  thickness = 3,
) {
  const fill = (left, top, right, bottom) => {
    for (let y = Math.max(0, top); y < Math.min(height, bottom); y++)
      for (let x = Math.max(0, left); x < Math.min(width, right); x++) {
        const i = y * stride + x * 4
        data[i] = r
        data[i + 1] = g
        data[i + 2] = b
      }
  }
  for (const box of boxes) {
    const [right, bottom] = [box.x + box.width, box.y + box.height]
    fill(box.x, box.y, right, box.y + thickness)
    fill(box.x, bottom - thickness, right, bottom)
    fill(box.x, box.y, box.x + thickness, bottom)
    fill(right - thickness, box.y, right, bottom)
  }
}
