import type { Bounds, Shape } from './shapes.js'

/** Of a label, CSS pixels. */
const HEIGHT = 18
/** Half a line: the label begins where the line of a box does. */
const OUTDENT = 1

/** Where the picture lies: in CSS pixels from the top left of the overlay, which it may exceed. */
export interface PicturePlace {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
  /** Size of what it shows, in pixels of the source image. */
  readonly source: { readonly width: number; readonly height: number }
}

/** From pixels of the source image to CSS pixels of the overlay: the one place where that is computed. */
export interface OverlayView {
  readonly left: number
  readonly top: number
  /** CSS pixels a source pixel. */
  readonly scaleX: number
  readonly scaleY: number
  /** What of the picture can be seen, in CSS pixels. */
  readonly visible: Bounds
}

/** @param box of the overlay, in CSS pixels */
export function viewOf(
  place: PicturePlace,
  box: { readonly width: number; readonly height: number },
): OverlayView {
  const { left, top, width, height, source } = place
  return {
    left,
    top,
    scaleX: width / source.width,
    scaleY: height / source.height,
    visible: {
      left: Math.max(0, left),
      top: Math.max(0, top),
      right: Math.min(box.width, left + width),
      bottom: Math.min(box.height, top + height),
    },
  }
}

/**
 * Above its anchor, or below where there is no room above; never outside of what can be
 * seen of the picture. Undefined when nothing can be seen of the object.
 *
 * @param width of the label, CSS pixels
 * @returns CSS pixels
 */
export function placeLabel(
  { bounds, anchor }: Pick<Shape, 'bounds' | 'anchor'>,
  width: number,
  view: OverlayView,
): Bounds | undefined {
  const { visible } = view
  const left = bounds.left * view.scaleX + view.left
  const top = bounds.top * view.scaleY + view.top
  const anchorX = anchor[0] * view.scaleX + view.left
  const anchorY = anchor[1] * view.scaleY + view.top
  const right = bounds.right * view.scaleX + view.left
  const bottom = bounds.bottom * view.scaleY + view.top
  if (right < visible.left || left > visible.right || bottom < visible.top || top > visible.bottom)
    return undefined
  const across = Math.min(width, visible.right - visible.left)
  const down = Math.min(HEIGHT, visible.bottom - visible.top)
  const above = anchorY - down >= visible.top ? anchorY - down : anchorY
  const x = Math.max(visible.left, Math.min(anchorX - OUTDENT, visible.right - across))
  const y = Math.max(visible.top, Math.min(above, visible.bottom - down))
  return { left: x, top: y, right: x + across, bottom: y + down }
}
