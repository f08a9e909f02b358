/** RTP time and what is compared with it count modulo this. */
const WRAP = 2 ** 32
/** A browser that does not give a frame's RTP time to the tick gives it to the millisecond. */
const TOLERANCE_TICKS = 90
/** Kept for frames that are still to be shown: some seconds of them, and not more text than this. */
const MOST_NOTES = 512
const MOST_CHARACTERS = 8 * 1024 * 1024

/** What the application said about a frame. */
export interface FrameNote {
  readonly data: unknown
  /** Of the frame, 1/90,000 s of the server's monotonic clock. */
  readonly time: number
}

interface Kept {
  readonly time: number
  readonly size: number
  readonly data?: unknown
  /** The frame, by its time modulo 2^32, whose data it has. */
  readonly of?: number
}

/**
 * The metadata of frames, from their arrival until their frames are shown. Messages come in any order,
 * before or after their frame, or not at all; a frame is given its own, or none.
 */
export class FrameNotes {
  /** By the frame's time modulo 2^32, oldest first. */
  readonly #notes = new Map<number, Kept>()
  #characters = 0
  /** This browser gives RTP times to the tick: what is only near belongs to another frame. */
  #isExact = false

  get isEmpty(): boolean {
    return this.#notes.size === 0
  }

  /** Takes a message of the channel for frames; what is none is passed over. */
  receive(text: unknown): void {
    const message = parse(text)
    if (typeof message?.time !== 'number' || !Number.isFinite(message.time)) return
    const { t, time, of } = message
    const size = (text as string).length
    if (t === 'meta') this.#keep({ time, size, data: message.data })
    else if (t === 'again' && typeof of === 'number' && Number.isFinite(of))
      this.#keep({ time, size, of: modulo(of) })
  }

  /**
   * What was said about a frame; undefined when there is nothing, or not yet.
   * @param rtpTimestamp of the frame
   * @param rtpOffset from the server's `hello`
   */
  find(rtpTimestamp: number, rtpOffset: number): FrameNote | undefined {
    const time = modulo(rtpTimestamp - rtpOffset)
    const exact = this.#notes.get(time)
    if (exact) this.#isExact = true
    const found = exact ?? (this.#isExact ? undefined : this.#nearest(time))
    const source = found?.of === undefined ? found : this.#notes.get(found.of)
    // What is referred to is no reference itself.
    if (!found || !source || source.of !== undefined) return undefined
    return { data: source.data, time: found.time }
  }

  #nearest(time: number): Kept | undefined {
    let nearest: Kept | undefined
    let least = TOLERANCE_TICKS + 1
    for (const [other, note] of this.#notes) {
      const distance = Math.min(modulo(other - time), modulo(time - other))
      if (distance >= least) continue
      least = distance
      nearest = note
    }
    return nearest
  }

  #keep(note: Kept): void {
    const key = modulo(note.time)
    this.#drop(key)
    this.#notes.set(key, note)
    this.#characters += note.size
    for (const oldest of this.#notes.keys()) {
      if (this.#notes.size <= MOST_NOTES && this.#characters <= MOST_CHARACTERS) break
      this.#drop(oldest)
    }
  }

  #drop(key: number): void {
    this.#characters -= this.#notes.get(key)?.size ?? 0
    this.#notes.delete(key)
  }
}

function modulo(ticks: number): number {
  return ((ticks % WRAP) + WRAP) % WRAP
}

function parse(text: unknown): Partial<Record<string, unknown>> | undefined {
  if (typeof text !== 'string') return undefined
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
