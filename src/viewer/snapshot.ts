import { codedSize, drawPicture, type Shown } from './picture.js'
import type { Placement, Size } from './placement.js'

/** Draws something of the size of the image over it, in source pixels. */
export type Paint = (context: CanvasRenderingContext2D, image: Size) => void

/**
 * The picture as a PNG, of exactly the image's size.
 * @param paint what lies over it, when it is wanted as well
 * @throws Error when there is no picture
 */
export async function takeSnapshot(
  shown: Shown,
  placed: Placement | undefined,
  paint: Paint | undefined,
): Promise<Blob> {
  const context = document.createElement('canvas').getContext('2d')
  if (!placed || !context || codedSize(shown).width === 0) throw new Error('There is no picture yet')
  const { source } = placed
  context.canvas.width = source.width
  context.canvas.height = source.height
  drawPicture(context, shown, placed, { x: 0, y: 0, ...source })
  paint?.(context, source)
  const blob = await new Promise<Blob | null>((resolve) => context.canvas.toBlob(resolve, 'image/png'))
  if (!blob) throw new Error('The browser could not make a PNG of the picture')
  return blob
}

/** Draws the picture as large as it can be in the middle of a canvas. */
export function paintWithin(
  context: CanvasRenderingContext2D,
  room: Size,
  shown: Shown,
  placed: Placement | undefined,
  paint: Paint | undefined,
): void {
  if (!placed || codedSize(shown).width === 0) return
  const { source } = placed
  // A room that is a pixel larger is that of an odd size: the picture is not blurred for it.
  const scale = Math.min(room.width / source.width, room.height / source.height)
  const exact = room.width - source.width <= 1 && room.height - source.height <= 1 && scale >= 1
  const width = exact ? source.width : source.width * scale
  const height = exact ? source.height : source.height * scale
  const x = exact ? 0 : (room.width - width) / 2
  const y = exact ? 0 : (room.height - height) / 2
  if (width < room.width || height < room.height) {
    context.fillStyle = '#000'
    context.fillRect(0, 0, room.width, room.height)
  }
  drawPicture(context, shown, placed, { x, y, width, height })
  if (!paint) return
  context.save()
  context.translate(x, y)
  context.scale(width / source.width, height / source.height)
  paint(context, source)
  context.restore()
}

/** Lets the browser save a file. */
export function download(file: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = name
  link.click()
  // The download has its own hold on the file by then; for how long before that, no standard says.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
