import type { Size } from './size.js'

/** Rungs that there may be: the picture's size divided by these. */
export const SCALES = [1, 2, 4] as const
/** The picture's size is divided by this. */
export type Scale = (typeof SCALES)[number]

/** Smaller than this on its shorter side, a picture tells nothing any more, pixels. */
const LEAST_SIDE = 90

/** Scales that make sense for a size. */
export function scalesFor({ width, height }: Size): readonly Scale[] {
  return SCALES.filter((scale) => scale === 1 || Math.min(width, height) / scale >= LEAST_SIDE)
}

/** Of the picture on a rung, pixels. Scaled ones are even, so that no viewer has to cut anything off. */
export function scaledSize({ width, height }: Size, scale: Scale): Size {
  if (scale === 1) return { width, height }
  const even = (side: number): number => Math.max(2, 2 * Math.round(side / scale / 2))
  return { width: even(width), height: even(height) }
}
