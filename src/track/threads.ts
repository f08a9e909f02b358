import { randomBytes } from 'node:crypto'
import { fstatSync, openSync, statSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

/*
 * Which of the threads that hold slots are still there, as any thread can tell at any time.
 *
 * A worker that is terminated cannot say so, and nobody may guess: a blocked one is not dead, and one may
 * rightly hold an allocated image for minutes. But Node closes the files that a worker opened when it ends
 * ("trackUnmanagedFds" of `Worker`), by whatever cause, after its JavaScript has stopped and its pending work is
 * done (`~Environment`; seen with seven causes of death). So a worker opens a file, and is alive as long as
 * its descriptor is. Descriptors belong to the process: every thread can ask, without a message to anyone.
 *
 * The close event of a message port tells the same, but to an event loop: it needs a thread that listens for a
 * track which is on no server yet, it comes late when that thread or the main thread is blocked, and the way to
 * hand over a port (`postMessageToThread`) shows in the application's own `workerMessage` listeners.
 *
 * A worker started with `trackUnmanagedFds: false` is taken to live for ever.
 *
 * One thing escapes this: when the next worker that gets the same descriptor pushes only to tracks that another thread
 * made, it enters another table, and the dead one seems alive in this. The slots that it held are lost to their track
 * until that worker ends as well, or pushes to a track of this table.
 */

/** Always there and never written to; hardly anybody else keeps it open. */
const FILE = process.execPath

/** Threads with images in the making at a time; whoever comes when there are more is taken to live for ever. */
const MOST_THREADS = 1 << 10
/** Generations of an entry; with the index they fill the 30 bits that a slot's state word has for them. */
const GENERATIONS = 1 << 20

/** Words of 64 bits: which table it is, and which file its threads open. */
const Header = { Table: 0, Device: 1, Inode: 2, Size: 4 } as const

/** No thread, or one that lives as long as the process. */
export const IMMORTAL = 0

/** The calling thread's descriptor, opened once; undefined when it could not be. */
let descriptor: number | undefined
/** The calling thread's ids, by table: the same memory comes as a new object with every message. */
const ids = new Map<bigint, number>()
/** Of all tracks that the calling thread makes. */
let own: SharedArrayBuffer | undefined

/** The table for the tracks that this thread makes; its memory goes wherever their handles go. */
export function ownThreads(): SharedArrayBuffer {
  own ??= createTable()
  return own
}

function createTable(): SharedArrayBuffer {
  const memory = new SharedArrayBuffer((Header.Size + MOST_THREADS) * 8)
  const words = new BigInt64Array(memory)
  words[Header.Table] = randomBytes(8).readBigInt64LE()
  try {
    const { dev, ino } = statSync(FILE, { bigint: true })
    words[Header.Device] = BigInt.asIntN(64, dev)
    words[Header.Inode] = BigInt.asIntN(64, ino)
  } catch {
    // not to be read (a permission of Node's): no thread will be able to open it either
  }
  return memory
}

/** The threads that push to the tracks of one thread; the same from each of them. */
export class Threads {
  readonly #words: BigInt64Array
  #id: number | undefined

  constructor(memory: SharedArrayBuffer) {
    this.#words = new BigInt64Array(memory)
  }

  /** The calling thread's id, 30 bits; `IMMORTAL` when it ends with the process, or its end could not be noticed. */
  join(): number {
    this.#id ??= this.#find()
    return this.#id
  }

  /** True once the thread has ended: it writes nothing any more. */
  isGone(id: number): boolean {
    if (id === IMMORTAL) return false
    const entry = this.#load(id % MOST_THREADS)
    return generationOf(entry) !== Math.floor(id / MOST_THREADS) || !this.#isOpen(descriptorOf(entry))
  }

  #find(): number {
    if (isMainThread) return IMMORTAL
    const table = this.#words[Header.Table] as bigint
    const id = ids.get(table) ?? this.#enter()
    ids.set(table, id)
    return id
  }

  #enter(): number {
    descriptor ??= open()
    if (descriptor === undefined || !this.#isOpen(descriptor)) return IMMORTAL
    for (let index = 0; index < MOST_THREADS; index++) {
      // A descriptor is one thread's at a time: who had this one before is gone, and must not seem alive.
      const entry = this.#load(index)
      if (entry !== 0n && descriptorOf(entry) === descriptor)
        this.#replace(index, entry, entryOf(generationOf(entry), NO_DESCRIPTOR))
    }
    for (let index = 0; index < MOST_THREADS; index++) {
      const entry = this.#load(index)
      if (entry !== 0n && this.#isOpen(descriptorOf(entry))) continue
      const generation = (generationOf(entry) % (GENERATIONS - 1)) + 1
      if (this.#replace(index, entry, entryOf(generation, descriptor)))
        return generation * MOST_THREADS + index
    }
    return IMMORTAL
  }

  /** Is there such a descriptor, and is it of the file that threads open? */
  #isOpen(descriptor: number): boolean {
    if (descriptor === NO_DESCRIPTOR) return false
    try {
      const { dev, ino } = fstatSync(descriptor, { bigint: true })
      return (
        BigInt.asIntN(64, dev) === this.#words[Header.Device] &&
        BigInt.asIntN(64, ino) === this.#words[Header.Inode]
      )
    } catch (error) {
      return (error as NodeJS.ErrnoException).code !== 'EBADF'
    }
  }

  #load(index: number): bigint {
    return Atomics.load(this.#words, Header.Size + index)
  }

  #replace(index: number, from: bigint, to: bigint): boolean {
    return Atomics.compareExchange(this.#words, Header.Size + index, from, to) === from
  }
}

function open(): number | undefined {
  try {
    return openSync(FILE, 'r')
  } catch {
    return undefined // too many files are open, or it may not be read
  }
}

/* An entry is a thread's generation (upper 32 bits) and its descriptor, changed together; 0 when it was never used. */
const NO_DESCRIPTOR = -1

function entryOf(generation: number, descriptor: number): bigint {
  return (BigInt(generation) << 32n) | BigInt.asUintN(32, BigInt(descriptor))
}

function generationOf(entry: bigint): number {
  return Number(entry >> 32n)
}

function descriptorOf(entry: bigint): number {
  return Number(BigInt.asIntN(32, entry))
}
