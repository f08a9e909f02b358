import type { ServerMessage } from '../common/channel-protocol.js'
import type { Rectangle } from '../track/index.js'

/** The question for a rectangle that a track's viewers are asked at the moment, and who has declined. Pure. */
export class Question<V> {
  readonly #declined = new Set<V>()

  constructor(
    readonly id: number,
    private readonly crosshair: boolean,
    private readonly fromCenter: boolean,
  ) {}

  get message(): ServerMessage {
    return { t: 'select', id: this.id, crosshair: this.crosshair, fromCenter: this.fromCenter }
  }

  decline(viewer: V): void {
    this.#declined.add(viewer)
  }

  /** It is gone: a question may stay open for as long as the application lives. */
  forget(viewer: V): void {
    this.#declined.delete(viewer)
  }

  /** @returns whether all who are left have declined, of those that can be asked */
  isDeclined(viewers: readonly V[]): boolean {
    return viewers.length > 0 && viewers.every((viewer) => this.#declined.has(viewer))
  }
}

/** The part of a rectangle that lies within the image; undefined when there is none, as after a click. */
export function withinImage(
  { x, y, width, height }: Rectangle,
  image: { width: number; height: number },
): Rectangle | undefined {
  const left = Math.max(0, x)
  const top = Math.max(0, y)
  const right = Math.min(image.width, x + width)
  const bottom = Math.min(image.height, y + height)
  if (right <= left || bottom <= top) return undefined
  return { x: left, y: top, width: right - left, height: bottom - top }
}
