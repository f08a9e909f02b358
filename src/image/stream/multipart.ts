import { SNIFF_LENGTH, sniffEncoded } from '../sniff.js'
import { GrowingBuffer } from './growing-buffer.js'
import { ImageWalk } from './image-walk.js'

/** What comes out of a multipart stream. */
export interface PartEvents {
  /** A part's bytes, valid during the call. An empty part is passed over. */
  onPart(bytes: Uint8Array): void
  /** A part was passed over; `reason` says why, in words. */
  onRefused(reason: string): void
}

export interface MultipartOptions {
  /** The parameter of the Content-Type, if there is one. */
  readonly boundary: string | undefined
  /** Longest part in bytes; longer ones are passed over. */
  readonly maxBytes: number
  /** Length of every part when they are raw frames; otherwise images tell themselves where they end. */
  readonly frameBytes?: number
}

/** Text before the first delimiter (RFC 2046 §5.1.1); nobody needs more. */
const MAX_PREAMBLE = 64 * 1024
/** Of one part. Cameras write three or four lines. */
const MAX_HEADERS = 8 * 1024
/** Input is looked at in pieces of this size, so that what is passed over needs no more memory. */
const PIECE = 64 * 1024
/** A delimiter of so many characters does not occur by chance, so that it need not begin a line. */
const UNMISTAKABLE = 6
/** A body is searched in steps as long as what came of it, so that a thousand tiny parts cost no more than a large one. */
const LEAST_STEP = 256
const LF = 10
const CR = 13
const DASH = 45
/** The longest text that is taken for a delimiter that the Content-Type did not name. */
const MAX_DELIMITER = 200

type State = 'start' | 'delimiter' | 'headers' | 'counted' | 'after' | 'searched' | 'passing' | 'done'

/**
 * Takes a `multipart/*` stream apart (RFC 2046 §5.1), as browsers do and as IP cameras write it: with and
 * without Content-Length, also a wrong one; with a boundary that already has its dashes, or is another than
 * the one announced; lines that end with LF alone; no line end before a delimiter; no headers.
 *
 * A part with a Content-Length is handed over with its last byte. One without is, when it is an image, as
 * soon as the image has its end: else it would have to wait for the delimiter that comes with the next one.
 */
export class MultipartParser {
  readonly #options: MultipartOptions
  readonly #events: PartEvents
  readonly #part: GrowingBuffer
  #state: State = 'start'
  /** Of what is read by lines. */
  #line: number[] = []
  #headerBytes = 0
  #preamble = 0
  #delimiter = Buffer.alloc(0)
  /** Content-Length of the part, and what of it has not come yet. */
  #length: number | undefined
  #remaining = 0
  /** A Content-Length was wrong: from now on only delimiters count. */
  #distrusts = false
  #searchedTo = 0
  #walk: ImageWalk | undefined

  constructor(options: MultipartOptions, events: PartEvents) {
    this.#options = options
    this.#events = events
    this.#part = new GrowingBuffer(options.maxBytes + 2 * PIECE)
  }

  /** False when this is no multipart stream: nothing like a delimiter came in the first 64 KiB. */
  write(chunk: Uint8Array): boolean {
    for (let at = 0; at < chunk.length; at += PIECE) {
      const piece = chunk.subarray(at, at + PIECE)
      for (let used = 0; used < piece.length; ) used += this.#take(piece.subarray(used))
      if (this.#preamble > MAX_PREAMBLE) return false
    }
    return true
  }

  /** The stream is over. Returns the bytes of a part that was not complete. */
  end(): number {
    const { length } = this.#part
    switch (this.#state) {
      case 'counted':
        return length > 0 ? length : this.#length! - this.#remaining
      case 'searched':
        return length
      default:
        return 0
    }
  }

  /** Bytes of the piece that were used; at least one. */
  #take(piece: Uint8Array): number {
    switch (this.#state) {
      case 'start':
        return this.#takeLine(piece, (line) => this.#atStart(line))
      case 'delimiter':
        return this.#takeLine(piece, () => this.#beginHeaders())
      case 'headers':
        return this.#takeHeaders(piece)
      case 'counted':
        return this.#takeCounted(piece)
      case 'after':
        return this.#takeAfter(piece)
      case 'searched':
        return this.#takeSearched(piece)
      case 'passing':
        return this.#takePassing(piece)
      case 'done':
        return piece.length
    }
  }

  /** Calls back with each line, without its end. A long one is cut. */
  #takeLine(piece: Uint8Array, onLine: (line: string) => void): number {
    const newline = piece.indexOf(LF)
    const count = newline < 0 ? piece.length : newline + 1
    if (this.#state === 'start') this.#preamble += count
    const room = MAX_HEADERS - this.#line.length
    for (const byte of piece.subarray(0, Math.min(room, newline < 0 ? count : newline))) this.#line.push(byte)
    // `--` after a delimiter closes the stream, whether the line has an end or not
    if (this.#state === 'delimiter' && this.#line[0] === DASH && this.#line[1] === DASH) this.#state = 'done'
    else if (newline >= 0) {
      const line = Buffer.from(this.#line).toString('latin1').trimEnd()
      this.#line = []
      onLine(line)
    }
    return count
  }

  #atStart(line: string): void {
    const { boundary } = this.#options
    const isNamed =
      boundary !== undefined && (line === `--${boundary}` || (line === boundary && line.startsWith('--')))
    if (boundary !== undefined && line === `--${boundary}--`) this.#state = 'done'
    // what comes first and looks like a delimiter is the one, whatever was announced
    else if (isNamed || (line.length <= MAX_DELIMITER && /^--\S+$/.test(line))) {
      this.#delimiter = Buffer.from(line, 'latin1')
      this.#beginHeaders()
    }
  }

  #beginHeaders(): void {
    this.#state = 'headers'
    this.#line = []
    this.#headerBytes = 0
    this.#length = undefined
  }

  #takeHeaders(piece: Uint8Array): number {
    // an image begins where its headers should be
    if (this.#headerBytes === 0 && piece[0]! >= 0x80) {
      this.#beginSearch()
      return this.#take(piece)
    }
    const count = this.#takeLine(piece, (line) => {
      const value = /^content-length\s*:\s*(\d{1,15})\s*$/i.exec(line)?.[1]
      if (value !== undefined) this.#length = Number(value)
      if (line === '') this.#beginBody()
    })
    this.#headerBytes += count
    if (this.#state === 'headers' && this.#headerBytes > MAX_HEADERS) {
      this.#events.onRefused(`the headers of a part are longer than ${MAX_HEADERS} bytes`)
      this.#beginPassing()
    }
    return count
  }

  #beginBody(): void {
    const { maxBytes } = this.#options
    if (this.#length === undefined || this.#distrusts) {
      this.#beginSearch()
      return
    }
    this.#part.clear()
    this.#remaining = this.#length
    this.#state = this.#length === 0 ? 'after' : 'counted'
    if (this.#length > maxBytes) this.#events.onRefused(tooLong(`${this.#length} bytes`, maxBytes))
  }

  #takeCounted(piece: Uint8Array): number {
    const count = Math.min(piece.length, this.#remaining)
    const isKept = this.#length! <= this.#options.maxBytes
    if (isKept) this.#part.append(piece.subarray(0, count))
    this.#remaining -= count
    if (this.#remaining > 0) return count
    this.#state = 'after'
    if (isKept) this.#handOver(this.#part.bytes)
    this.#part.clear()
    return count
  }

  /** After a counted part: line ends, then the delimiter; else the count was wrong. */
  #takeAfter(piece: Uint8Array): number {
    let used = 0
    for (const byte of piece) {
      used++
      if (this.#line.length === 0 && (byte === CR || byte === LF)) continue
      this.#line.push(byte)
      if (byte !== this.#delimiter[this.#line.length - 1]) {
        this.#distrusts = true
        this.#beginPassing()
        break
      }
      if (this.#line.length === this.#delimiter.length) {
        this.#line = []
        this.#state = 'delimiter'
        break
      }
    }
    return used
  }

  #beginSearch(): void {
    this.#state = 'searched'
    this.#line = []
    this.#part.clear()
    this.#searchedTo = 0
    this.#walk = undefined
  }

  #takeSearched(piece: Uint8Array): number {
    const { maxBytes } = this.#options
    const before = this.#part.length
    const step = piece.subarray(0, Math.max(LEAST_STEP, before))
    this.#part.append(step)
    const found = this.#findDelimiter()
    const { bytes } = this.#part
    const whole = this.#whole(found < 0 ? bytes : bytes.subarray(0, found))
    const body = whole ?? (found < 0 ? undefined : withoutLineEnd(bytes.subarray(0, found)))
    if (!body && bytes.length <= maxBytes + this.#delimiter.length + 2) return step.length
    // what is handed over is complete, also when whoever takes it throws
    this.#state = 'passing'
    if (body && body.length <= maxBytes) this.#handOver(body)
    else this.#events.onRefused(tooLong('more', maxBytes))
    return found < 0 ? step.length : this.#afterDelimiter(found, before)
  }

  /** Nothing is wanted up to the next delimiter. */
  #takePassing(piece: Uint8Array): number {
    if (this.#part.length > PIECE) {
      this.#part.keepLast(this.#delimiter.length)
      // what the kept bytes begin with was looked at
      this.#searchedTo = 1
    }
    const before = this.#part.length
    const step = piece.subarray(0, Math.max(LEAST_STEP, before))
    this.#part.append(step)
    const found = this.#findDelimiter()
    return found < 0 ? step.length : this.#afterDelimiter(found, before)
  }

  /** Where the delimiter begins in the part's bytes; -1 when it is not there yet. */
  #findDelimiter(): number {
    const { bytes } = this.#part
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    for (let from = this.#searchedTo; ; ) {
      const at = text.indexOf(this.#delimiter, from)
      if (at < 0) break
      const beginsLine = at === 0 ? this.#state === 'searched' : text[at - 1] === LF
      if (beginsLine || this.#delimiter.length >= UNMISTAKABLE) return at
      from = at + 1
    }
    this.#searchedTo = Math.max(0, text.length - this.#delimiter.length)
    return -1
  }

  /** Bytes of the last piece up to the end of the delimiter, when there were `before` without that piece. */
  #afterDelimiter(found: number, before: number): number {
    this.#part.clear()
    this.#line = []
    this.#state = 'delimiter'
    return Math.max(1, found + this.#delimiter.length - before)
  }

  /** The image that the bytes begin with, if it is whole. */
  #whole(bytes: Uint8Array): Uint8Array | undefined {
    const { frameBytes } = this.#options
    if (frameBytes !== undefined)
      return bytes.length >= frameBytes ? bytes.subarray(0, frameBytes) : undefined
    if (!this.#walk && bytes.length >= SNIFF_LENGTH) {
      const format = sniffEncoded(bytes)
      if (format) this.#walk = new ImageWalk(format, 0)
    }
    const end = this.#walk?.advance(bytes, bytes.length)
    return typeof end === 'number' ? bytes.subarray(0, end) : undefined
  }

  #handOver(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#events.onPart(bytes)
  }

  /** Nothing is wanted up to the next delimiter, which may begin in what came of a line. */
  #beginPassing(): void {
    this.#part.clear()
    this.#part.append(Uint8Array.from(this.#line))
    this.#searchedTo = 0
    this.#line = []
    this.#state = 'passing'
  }
}

function tooLong(what: string, maxBytes: number): string {
  return `a part: expected at most ${maxBytes} bytes, got ${what}`
}

/** The line end before a delimiter belongs to the delimiter. */
function withoutLineEnd(bytes: Uint8Array): Uint8Array {
  const { length } = bytes
  if (bytes[length - 1] !== LF) return bytes
  return bytes.subarray(0, bytes[length - 2] === CR ? length - 2 : length - 1)
}

/** The boundary of a `multipart/*` Content-Type (RFC 2046 §5.1.1); undefined without one. */
export function boundaryOf(contentType: string): string | undefined {
  const [, quoted, plain] = /;\s*boundary\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))/i.exec(contentType) ?? []
  const boundary = quoted?.replace(/\\(.)/g, '$1') ?? plain
  return boundary || undefined
}
