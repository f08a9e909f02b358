import { AV_PIX_FMT_YUV420P } from 'node-av/constants'
import { Frame } from 'node-av/lib'
import { OUTPUT_COLOUR } from './colour.js'
import type { Scale } from './scale.js'
import type { Size } from './size.js'

/** A picture ready for every encoder: planar 4:2:0, its coded size rounded up to even numbers. */
export interface Picture {
  readonly frame: Frame
  /** What of the frame is picture, pixels; possibly odd when it is not scaled. */
  readonly width: number
  readonly height: number
  /** Size of the image that it shows, and by how much that is larger. */
  readonly image: Size
  readonly scale: Scale
}

/** H.264 4:2:0 has no odd sizes. */
export function evenUp(size: number): number {
  return size + (size & 1)
}

/** A few frames of one size, used again and again: allocating 1080p costs more than filling it. */
export class FramePool {
  #free: Frame[] = []
  #width = 0
  #height = 0

  /** A frame of an even size, its content undefined. */
  take(width: number, height: number): Frame {
    if (width !== this.#width || height !== this.#height) {
      this.close()
      this.#width = width
      this.#height = height
    }
    return this.#free.pop() ?? allocate(width, height)
  }

  /** Takes a frame back; frames of an earlier size are freed. */
  give(frame: Frame): void {
    if (frame.width === this.#width && frame.height === this.#height && this.#free.length < 3)
      this.#free.push(frame)
    else frame.free()
  }

  close(): void {
    for (const frame of this.#free) frame.free()
    this.#free = []
  }
}

function allocate(width: number, height: number): Frame {
  const frame = new Frame()
  frame.alloc()
  frame.width = width
  frame.height = height
  frame.format = AV_PIX_FMT_YUV420P
  frame.colorRange = OUTPUT_COLOUR.range
  frame.colorSpace = OUTPUT_COLOUR.matrix
  frame.colorPrimaries = OUTPUT_COLOUR.primaries
  frame.colorTrc = OUTPUT_COLOUR.transfer
  const result = frame.getBuffer(0)
  if (result < 0) throw new Error(`no memory for a frame of ${width}×${height} (${result})`)
  return frame
}
