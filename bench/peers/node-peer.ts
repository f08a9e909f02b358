// What the peers in Node share: flags, the reel, the making of images, the control server.
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parseArgs } from 'node:util'
import { burn, type RgbaImage } from '../../test/support/images.js'
import {
  BLOCK_MS,
  type PeerAddress,
  type PeerFlags,
  type PeerStats,
  type ProducerMode,
  WALK,
} from '../contract.js'

const KEPT_SAMPLES = 20_000

/** The flags of the contract, and whatever else stands on the command line. */
export function readFlags(): PeerFlags & { readonly packages: string | undefined } {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    options: {
      reel: text,
      width: text,
      height: text,
      frames: text,
      fps: text,
      producer: text,
      stamp: text,
      early: text,
      bitrate: text,
      whip: text,
      packages: text,
    },
  })
  return {
    reel: values.reel ?? '',
    width: Number(values.width),
    height: Number(values.height),
    frames: Number(values.frames),
    fps: Number(values.fps),
    producer: values.producer as ProducerMode,
    stamp: values.stamp === 'true',
    early: values.early === 'true',
    ...(values.bitrate !== undefined && { bitrate: Number(values.bitrate) }),
    ...(values.whip !== undefined && { whip: values.whip }),
    packages: values.packages,
  }
}

/** Tenths of a millisecond on the machine's monotonic clock, 32 bits of them: what is burned into images. */
export function stampNow(): number {
  return Number(BigInt.asUintN(32, process.hrtime.bigint() / 100_000n))
}

/** Makes images as told and hands them to `push`, which says whether the system took it. */
export class Producer {
  readonly #images: RgbaImage[]
  readonly #flags: PeerFlags
  #index = 0
  #pushed = 0
  #refused = 0
  #pushMs: number[] = []

  constructor(
    flags: PeerFlags,
    private readonly push: (image: RgbaImage) => boolean,
  ) {
    const { reel, width, height, frames } = flags
    const bytes = readFileSync(reel)
    const size = width * height * 4
    this.#flags = flags
    this.#images = Array.from({ length: frames }, (_, i) => ({
      // Each in a buffer of its own: some systems look at the buffer, not at the view.
      data: Uint8Array.prototype.slice.call(bytes, i * size, (i + 1) * size),
      width,
      height,
      format: 'rgba' as const,
    }))
  }

  start(): void {
    const { producer, fps } = this.#flags
    if (producer === 'once' || producer === 'answer') this.#pushOne()
    else if (producer === 'blocking') this.#block()
    else this.#tick(performance.now(), (1000 / fps) * WALK)
  }

  /** Makes the next image with a number in it. */
  answer(number: number): void {
    const image = this.#images[this.#index++ % this.#images.length]!
    burn(image, number)
    this.push(image)
    this.#pushed++
  }

  stats(): PeerStats {
    return { pushed: this.#pushed, refused: this.#refused, pushMs: this.#pushMs }
  }

  reset(): void {
    this.#pushed = this.#refused = 0
    this.#pushMs = []
  }

  /** Late ticks are caught up with, so that the rate is what was asked for as long as the thread can do it. */
  #tick(due: number, interval: number): void {
    this.#pushOne()
    // After half a second of standing still, what was missed is not made up for.
    const next = Math.max(due + interval, performance.now() - 500)
    const wait = next - performance.now()
    if (wait <= 0) setImmediate(() => this.#tick(next, interval))
    else setTimeout(() => this.#tick(next, interval), wait)
  }

  #block(): void {
    this.#pushOne()
    const end = performance.now() + BLOCK_MS
    while (performance.now() < end);
    setImmediate(() => this.#block())
  }

  #pushOne(): void {
    const image = this.#images[this.#index++ % this.#images.length]!
    if (this.#flags.stamp) burn(image, stampNow())
    const start = performance.now()
    const taken = this.push(image)
    if (this.#pushMs.length < KEPT_SAMPLES) this.#pushMs.push(performance.now() - start)
    this.#pushed++
    if (!taken) this.#refused++
  }
}

/** Answers the control requests, with what `more` there is to say, and, if given, offers; on 127.0.0.1. */
export async function listen(
  producer: Producer,
  answer?: (offer: string) => Promise<string>,
  more: () => Pick<PeerStats, 'encoders' | 'inputs'> = () => ({}),
): Promise<string> {
  const server: Server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error))
    })
  })
  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url === '/offer' && answer) {
      let offer = ''
      for await (const chunk of request) offer += chunk
      const sdp = await answer(offer)
      response.writeHead(201, { 'content-type': 'application/sdp', location: '/session' }).end(sdp)
    } else if (request.url === '/stats') {
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ ...producer.stats(), ...more() }))
    } else if (request.url === '/reset') {
      producer.reset()
      response.writeHead(204).end()
    } else response.writeHead(200).end()
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Tells the benchmark where everything is. Ends with the benchmark: its end of the pipe closes then. */
export function announce(address: PeerAddress): void {
  process.stdin.on('end', () => process.exit()).resume()
  process.on('SIGTERM', () => process.exit())
  console.log(JSON.stringify(address))
}
