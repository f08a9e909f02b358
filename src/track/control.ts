import type { SourceFormat } from '../image/source.js'
import { ENCODED_FORMATS, PIXEL_FORMATS } from '../image/source.js'
import { MAX_METADATA_BYTES } from './metadata.js'
import { ownThreads, Threads } from './threads.js'

/*
 * The shared memory of a track: one control block and a fixed number of slots. Producers in any thread
 * and the engine meet here and nowhere else. There is no lock: a slot has one owner at a time, and the
 * owner changes by compare-and-swap of its state word, so a producer that dies holds up nobody. The state
 * word of a WRITING slot names the thread that writes: when that thread is gone, the slot counts as free.
 *
 *      FREE ──producer──▶ WRITING ──publish──▶ READY ──engine──▶ TAKEN ──▶ FREE
 *                            ▲                   │
 *                            └──── superseded ───┘ (newest wins)
 *
 * The state word of a READY slot also holds its place in the order. A compare-and-swap from it therefore
 * fails when the slot was taken and published again meanwhile; without that, the image removed as the
 * oldest could be the newest (seen: one in a hundred when two images are pushed at once).
 *
 * A slot's pixels are a growable SharedArrayBuffer: its 256 MiB are address space only; memory is
 * committed when an image needs it, and every thread that knows the slot sees the growth.
 */

/** Int32 words at the start of the control block. */
export const Word = {
  Magic: 0,
  State: 1,
  /** The engine waits for a change here: an image was published, or the track closed. */
  Wake: 2,
  /** Producers wait for a change here: the engine took an image, or the track closed. */
  Room: 3,
  /** Order of publication; 30 bits of it count, compare by difference. */
  Sequence: 4,
  QueueSize: 5,
  Overflow: 6,
  Pushed: 8,
  DroppedSuperseded: 9,
  DroppedFull: 10,
  DroppedUndecodable: 11,
  Refused: 12,
  Taken: 13,
  Viewers: 14,
  Encoders: 15,
  FramesEncoded: 16,
  Keyframes: 17,
  /** Microseconds that the last taken image spent in the queue. */
  QueueAge: 18,
} as const

/** Int32 words of each slot's header. */
export const SlotWord = {
  /** A SlotState in the lowest two bits; above them the thread (Writing), or the sequence number (Ready). */
  State: 0,
  Format: 2,
  Width: 3,
  Height: 4,
  ByteLength: 5,
  /** Where in the slot the image starts, 0…7 (see ImageSource.alignment). */
  Offset: 6,
  /** Bytes of JSON behind the image; 0: none. */
  MetadataLength: 7,
  /** Float64: capture time, ms on the monotonic clock (words 8 and 9). */
  CaptureTime: 8,
} as const

export const TrackState = { Open: 0, Closed: 1, Failed: 2 } as const
export const SlotState = { Free: 0, Writing: 1, Ready: 2, Taken: 3 } as const
export const Overflow = { DropOldest: 0, DropNewest: 1 } as const

const MAGIC = 0x70636332 // "pcc2": layout version 2
const HEADER_WORDS = 32
const SLOT_WORDS = 16
/**
 * Bytes that stay readable behind every image: SIMD code in libswscale reads past the end, and behind
 * the committed part of a growable buffer lies memory whose reading ends the process (seen).
 */
export const READ_AHEAD = 256
/** 8192 × 8192 RGBA and the alignment slack, and metadata behind it. */
const MAX_SLOT_BYTES = 8192 * 8192 * 4 + 8 + READ_AHEAD + MAX_METADATA_BYTES + READ_AHEAD
/**
 * Slots beyond the queue: up to three kept (see engine/last-images.ts), one being converted, the rest for
 * `allocate()` and parallel producers.
 */
const SPARE_SLOTS = 10
/**
 * Slots that producers may hold at a time before `allocate()` refuses: beside them the engine has three kept
 * and one being converted, and one is left for `addImage`.
 */
export const MOST_WRITING = 5

const FORMATS: readonly SourceFormat[] = [...PIXEL_FORMATS, ...ENCODED_FORMATS]

/** The memory behind a track, as it travels between threads by structured clone. */
export interface TrackMemory {
  /** State, counters and the headers of the slots; of no use to applications. */
  readonly control: SharedArrayBuffer
  /** The pixels of the images that wait or are being encoded; of no use to applications. */
  readonly slots: readonly SharedArrayBuffer[]
  /** The threads that push images; of no use to applications. */
  readonly threads: SharedArrayBuffer
}

export function createTrackMemory(queueSize: number, overflow: number): TrackMemory {
  const slotCount = queueSize + SPARE_SLOTS
  const control = new SharedArrayBuffer((HEADER_WORDS + slotCount * SLOT_WORDS) * 4)
  const words = new Int32Array(control)
  words[Word.Magic] = MAGIC
  words[Word.QueueSize] = queueSize
  words[Word.Overflow] = overflow
  const slots = Array.from(
    { length: slotCount },
    () => new SharedArrayBuffer(0, { maxByteLength: MAX_SLOT_BYTES }),
  )
  return { control, slots, threads: ownThreads() }
}

/** What a slot holds once it is published. */
export interface SlotImage {
  readonly format: SourceFormat
  readonly width: number
  readonly height: number
  readonly byteLength: number
  readonly offset: number
  /** Milliseconds on the monotonic clock. */
  readonly captureTime: number
  /** Bytes; 0: none. */
  readonly metadataLength: number
}

/** One publication of an image in a slot: the slot, and its state word at that time. */
export interface Waiting {
  readonly slot: number
  readonly word: number
}

const STATE_BITS = 2
const STATE_MASK = (1 << STATE_BITS) - 1

/** Typed access to a track's shared memory; both ends are built on it. */
export class TrackControl {
  readonly words: Int32Array
  readonly slots: readonly SharedArrayBuffer[]
  readonly queueSize: number
  readonly overflow: number
  readonly #floats: Float64Array
  readonly #threads: Threads

  constructor(memory: TrackMemory) {
    this.words = new Int32Array(memory.control)
    if (this.words[Word.Magic] !== MAGIC) throw new TypeError('not the memory of a pixelcast track')
    this.#floats = new Float64Array(memory.control)
    this.#threads = new Threads(memory.threads)
    this.slots = memory.slots
    this.queueSize = this.words[Word.QueueSize] as number
    this.overflow = this.words[Word.Overflow] as number
  }

  load(word: number): number {
    return Atomics.load(this.words, word)
  }

  store(word: number, value: number): void {
    Atomics.store(this.words, word, value)
  }

  /** Adds to a counter; returns the value before. Counters are 32-bit and wrap. */
  add(word: number, by = 1): number {
    return Atomics.add(this.words, word, by)
  }

  /** Changes a word that others wait on, and wakes them. */
  signal(word: number): void {
    Atomics.add(this.words, word, 1)
    Atomics.notify(this.words, word)
  }

  /** Marks the track closed and wakes both ends. */
  close(failed = false): void {
    this.store(Word.State, failed ? TrackState.Failed : TrackState.Closed)
    this.signal(Word.Wake)
    this.signal(Word.Room)
  }

  /** Resolves when `word` is no longer `seen`, or after `timeout` ms. */
  async changed(word: number, seen: number, timeout?: number): Promise<void> {
    const waiting = Atomics.waitAsync(this.words, word, seen, timeout)
    if (waiting.async) await waiting.value
  }

  slotWord(slot: number, word: number): number {
    return HEADER_WORDS + slot * SLOT_WORDS + word
  }

  slotState(slot: number): number {
    return this.#stateWord(slot) & STATE_MASK
  }

  /** The calling thread's state word of a slot that it writes. */
  get writing(): number {
    return (this.#threads.join() << STATE_BITS) | SlotState.Writing
  }

  /** The lowest slot that is free, or whose writer is gone, taken for writing; -1 when there is none. */
  claim(): number {
    const { writing } = this
    for (let slot = 0; slot < this.slots.length; slot++) {
      const word = this.#stateWord(slot)
      if (word !== SlotState.Free && !this.#isOrphaned(word, writing)) continue
      if (this.moveSlot(slot, word, writing)) return slot
    }
    return -1
  }

  /** Slots that are being written, or held by `allocate()`, in threads that are there. */
  countHeld(): number {
    const { writing } = this
    let count = 0
    for (let slot = 0; slot < this.slots.length; slot++) {
      const word = this.#stateWord(slot)
      if ((word & STATE_MASK) === SlotState.Writing && !this.#isOrphaned(word, writing)) count++
    }
    return count
  }

  /** Changes a slot's whole state word; false when somebody else was faster. */
  moveSlot(slot: number, from: number, to: number): boolean {
    const word = this.slotWord(slot, SlotWord.State)
    return Atomics.compareExchange(this.words, word, from, to) === from
  }

  /** Makes a slot that the caller is writing ready to be taken, as the last in order. */
  publish(slot: number): Waiting {
    const word = (this.add(Word.Sequence) << STATE_BITS) | SlotState.Ready
    Atomics.store(this.words, this.slotWord(slot, SlotWord.State), word)
    return { slot, word }
  }

  /** Takes a waiting image out of the queue; false when somebody else was faster. */
  moveWaiting({ slot, word }: Waiting, to: number): boolean {
    return this.moveSlot(slot, word, to)
  }

  /** Slots in a state. */
  countSlots(state: number): number {
    let count = 0
    for (let slot = 0; slot < this.slots.length; slot++) if (this.slotState(slot) === state) count++
    return count
  }

  /** The waiting image that comes first in order; undefined when there are not more than `besides` waiting. */
  oldestReady(besides = 0): Waiting | undefined {
    let count = 0
    let oldest: Waiting | undefined
    for (let slot = 0; slot < this.slots.length; slot++) {
      const word = this.#stateWord(slot)
      if ((word & STATE_MASK) !== SlotState.Ready) continue
      count++
      if (!oldest || isBefore(word, oldest.word)) oldest = { slot, word }
    }
    return count > besides ? oldest : undefined
  }

  /** How many images wait before this one. */
  waitingBefore({ word }: Waiting): number {
    let count = 0
    for (let slot = 0; slot < this.slots.length; slot++) {
      const other = this.#stateWord(slot)
      if ((other & STATE_MASK) === SlotState.Ready && isBefore(other, word)) count++
    }
    return count
  }

  /** Bytes of a slot that the caller owns, grown if need be. */
  slotBytes(slot: number, offset: number, byteLength: number): Uint8Array {
    const memory = this.slots[slot] as SharedArrayBuffer
    const needed = offset + byteLength + READ_AHEAD
    if (memory.byteLength < needed) memory.grow(needed)
    return new Uint8Array(memory, offset, byteLength)
  }

  /** Where the metadata of an image lie, in a slot that the caller owns: behind what SIMD code may read. */
  metadataBytes(
    slot: number,
    image: Pick<SlotImage, 'offset' | 'byteLength' | 'metadataLength'>,
  ): Uint8Array {
    return this.slotBytes(slot, image.offset + image.byteLength + READ_AHEAD, image.metadataLength)
  }

  /** Writes the header of a slot that the caller owns. */
  writeHeader(slot: number, image: SlotImage): void {
    const base = this.slotWord(slot, 0)
    this.words[base + SlotWord.Format] = FORMATS.indexOf(image.format)
    this.words[base + SlotWord.Width] = image.width
    this.words[base + SlotWord.Height] = image.height
    this.words[base + SlotWord.ByteLength] = image.byteLength
    this.words[base + SlotWord.Offset] = image.offset
    this.words[base + SlotWord.MetadataLength] = image.metadataLength
    this.#floats[(base + SlotWord.CaptureTime) >> 1] = image.captureTime
  }

  /** Reads the header of a slot that the caller owns. */
  readHeader(slot: number): SlotImage {
    const base = this.slotWord(slot, 0)
    const word = (index: number): number => this.words[base + index] as number
    return {
      format: FORMATS[word(SlotWord.Format)] as SourceFormat,
      width: word(SlotWord.Width),
      height: word(SlotWord.Height),
      byteLength: word(SlotWord.ByteLength),
      offset: word(SlotWord.Offset),
      metadataLength: word(SlotWord.MetadataLength),
      captureTime: this.#floats[(base + SlotWord.CaptureTime) >> 1] as number,
    }
  }

  #isOrphaned(word: number, writing: number): boolean {
    if ((word & STATE_MASK) !== SlotState.Writing || word === writing) return false
    return this.#threads.isGone(word >>> STATE_BITS)
  }

  #stateWord(slot: number): number {
    return Atomics.load(this.words, this.slotWord(slot, SlotWord.State))
  }
}

/** Of two state words of Ready slots: was the first one published earlier? */
function isBefore(word: number, other: number): boolean {
  return ((word - other) | 0) < 0
}
