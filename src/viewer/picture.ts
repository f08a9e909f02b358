import type { Placement, Size } from './placement.js'

/** What shows the picture: the video, or the last picture of a connection that was lost. */
export type Shown = HTMLVideoElement | HTMLCanvasElement

/** Size of what is decoded there, in pixels; 0 × 0 before the first picture. */
export function codedSize(shown: Shown): Size {
  return shown instanceof HTMLVideoElement
    ? { width: shown.videoWidth, height: shown.videoHeight }
    : { width: shown.width, height: shown.height }
}

/**
 * Draws the image, without what H.264 added to an odd size and at its true size, into a rectangle of
 * a canvas; `area` limits it to a part of the image.
 */
export function drawPicture(
  context: CanvasRenderingContext2D,
  shown: Shown,
  placed: Placement,
  to: { readonly x: number; readonly y: number } & Size,
  area: { readonly x: number; readonly y: number } & Size = { x: 0, y: 0, ...placed.source },
): void {
  const coded = codedSize(shown)
  // Decoded pixels a source pixel: 1, unless the network made the server send a smaller picture.
  const across = coded.width / (placed.source.width * placed.codedWidth)
  const down = coded.height / (placed.source.height * placed.codedHeight)
  context.drawImage(
    shown,
    area.x * across,
    area.y * down,
    area.width * across,
    area.height * down,
    to.x,
    to.y,
    to.width,
    to.height,
  )
}

/** A canvas to read pixels from, kept by whoever reads often. */
export function readingContext(): CanvasRenderingContext2D | undefined {
  return document.createElement('canvas').getContext('2d', { willReadFrequently: true }) ?? undefined
}

/** The pixels of a part of the image, RGBA, one for each source pixel; undefined before there is a picture. */
export function readPixels(
  context: CanvasRenderingContext2D,
  shown: Shown,
  placed: Placement,
  area: { readonly x: number; readonly y: number } & Size,
): Uint8ClampedArray | undefined {
  if (codedSize(shown).width === 0) return undefined
  const { canvas } = context
  if (canvas.width < area.width) canvas.width = area.width
  if (canvas.height < area.height) canvas.height = area.height
  // A pixel is what it is: nothing is mixed with its neighbours.
  context.imageSmoothingEnabled = false
  drawPicture(context, shown, placed, { x: 0, y: 0, width: area.width, height: area.height }, area)
  return context.getImageData(0, 0, area.width, area.height).data
}
