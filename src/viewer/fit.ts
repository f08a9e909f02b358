/** How the picture lies in its box: the words of CSS `object-fit`, with the same meaning. */
export const FITS = ['contain', 'cover', 'fill', 'none'] as const
/** One of the words of CSS `object-fit`: `contain`, `cover`, `fill`, `none`. */
export type Fit = (typeof FITS)[number]

/** Width and height; of an image in pixels, of a box in CSS pixels. */
export interface Size {
  /** Pixels. */
  readonly width: number
  /** Pixels. */
  readonly height: number
}

/** Where the picture goes, in CSS pixels from the top left of the box. */
export interface Placement {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
  /** Size of the decoded picture in units of the visible one: above 1 by what must be cut off. */
  readonly codedWidth: number
  readonly codedHeight: number
  /** Device pixels a source pixel, the smaller of both ways. */
  readonly scale: number
}

/**
 * Places a picture in a box.
 *
 * H.264 codes even sizes only: a source of 641×479 arrives as 642×480. The decoded picture is then
 * made larger than its frame by that pixel, and the frame cuts it off. A decoded picture of another
 * size but the same shape is a scaled one and fills the frame; one of another shape is the last
 * picture of before a change of size, and keeps its own shape until it is replaced.
 * @param box in CSS pixels
 * @param image true size of the image in pixels
 * @param coded size of the decoded picture in pixels
 * @param ratio device pixels a CSS pixel: edges are put on device pixels, or they would blur
 */
export function place(box: Size, image: Size, coded: Size, fit: Fit, ratio: number): Placement {
  const padded = paddedBy(coded.width, image.width) && paddedBy(coded.height, image.height)
  const source = padded || sameShape(coded, image) ? image : coded
  const across = box.width / source.width
  const down = box.height / source.height
  const both = fit === 'cover' ? Math.max(across, down) : fit === 'none' ? 1 : Math.min(across, down)
  const snap = (length: number): number => Math.round(length * ratio) / ratio
  const width = snap(source.width * (fit === 'fill' ? across : both))
  const height = snap(source.height * (fit === 'fill' ? down : both))
  return {
    left: snap((box.width - width) / 2),
    top: snap((box.height - height) / 2),
    width,
    height,
    codedWidth: padded ? coded.width / source.width : 1,
    codedHeight: padded ? coded.height / source.height : 1,
    scale: Math.min(width / source.width, height / source.height) * ratio,
  }
}

function paddedBy(coded: number, image: number): boolean {
  return coded === image || coded === image + 1
}

/** Within two percent: a scaled size is rounded to whole, even pixels. */
function sameShape(a: Size, b: Size): boolean {
  return Math.abs((a.width * b.height) / (a.height * b.width) - 1) < 0.02
}
