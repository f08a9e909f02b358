import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type Browser, type BrowserName, launch, type Page } from '../../test/support/browser.js'
import type { RgbaImage } from '../../test/support/images.js'
import type { VideoCodec } from '../systems.js'
import { ROOT } from './bundle.mjs'
import { answerForViewer, offerForSystem } from './loopback-sdp.js'

/** A repaint of the page: when (ms on the page's clock), the number in it, and the browser's own count. */
export type PaintedFrame = readonly [at: number, stamp: number | null, presented: number]

export interface InboundStats {
  readonly bytes: number
  readonly packets: number
  readonly lost: number
  /** Frames that arrived whole, painted or not. */
  readonly received: number
  readonly decoded: number
  readonly dropped: number
  readonly decodeMs: number
  readonly bufferMs: number
  readonly buffered: number
  readonly pli: number
}

/** How a page gets its media. */
export interface MediaPath {
  /** Where packets come from. */
  readonly address: string
  readonly port: number
  /** Of the last connectivity check, ms. */
  readonly rtt: number
}

export interface Recording {
  /** When it began and ended, ms on the page's clock. */
  readonly start: number
  readonly end: number
  readonly frames: readonly PaintedFrame[]
  readonly before: InboundStats
  readonly after: InboundStats
  /** Of the picture at the end, pixels: some systems send less than they are given. */
  readonly width: number
  readonly height: number
}

/** The benchmark's page in a browser, served from 127.0.0.1: a plain viewer, the same for every system. */
export class Stage {
  readonly #server: Server
  readonly #browsers = new Map<BrowserName, Browser>()
  #url = ''

  constructor() {
    this.#server = createServer((request, response) => {
      serve(request, response).catch((error: unknown) => response.writeHead(502).end(String(error)))
    })
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    this.#url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`
  }

  async browser(name: BrowserName): Promise<Browser> {
    let browser = this.#browsers.get(name)
    if (!browser) {
      browser = await launch(name)
      this.#browsers.set(name, browser)
    }
    return browser
  }

  async open(name: BrowserName): Promise<StagePage> {
    return new StagePage(await (await this.browser(name)).open(this.#url))
  }

  async close(): Promise<void> {
    for (const browser of this.#browsers.values()) await browser.close().catch(() => {})
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

export class StagePage {
  constructor(private readonly page: Page) {}

  /** What to add to a frame's time to get the clock that stamps are taken from, ms, and by how much that may be wrong. */
  clock(): Promise<{ offset: number; uncertainty: number }> {
    return this.page.evaluate('bench.clock()')
  }

  codecs(): Promise<string[]> {
    return this.page.evaluate('bench.codecs()')
  }

  /** Milliseconds from the POST to the first painted frame; null when there was none in time. */
  play(
    offerUrl: string,
    codec: VideoCodec,
    timeout = 10_000,
    options: { readonly channel?: boolean } = {},
  ): Promise<number | null> {
    return this.page.evaluate('(a) => bench.play(a)', { offerUrl, codec, timeout, ...options })
  }

  /** Milliseconds from each key to the first picture with its number in it; null: not within a second. */
  press(
    count: number,
    pauses: { readonly least: number; readonly most: number },
  ): Promise<(number | null)[]> {
    return this.page.evaluate('(a) => bench.press(a)', { count, ...pauses })
  }

  record(ms: number): Promise<Recording> {
    return this.page.evaluate('(a) => bench.record(a)', { ms })
  }

  path(): Promise<MediaPath> {
    return this.page.evaluate('bench.path()')
  }

  /** What is on screen, as large as it came; or scaled by the browser to a size. */
  async pixels(size?: { readonly width: number; readonly height: number }): Promise<RgbaImage> {
    const { width, height, data } = await this.page.evaluate<{ width: number; height: number; data: string }>(
      '(size) => bench.pixels(size)',
      size ?? null,
    )
    return { width, height, data: new Uint8Array(Buffer.from(data, 'base64')), format: 'rgba' }
  }

  async hangUp(): Promise<void> {
    await this.page.evaluate('bench.close()')
  }

  close(): Promise<void> {
    return this.page.close()
  }
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1')
  // Isolated pages get clocks of 5 to 20 µs instead of 100 µs to 1 ms.
  response.setHeader('cross-origin-opener-policy', 'same-origin')
  response.setHeader('cross-origin-embedder-policy', 'require-corp')
  response.setHeader('cache-control', 'no-store')
  if (url.pathname === '/clock') {
    response.end(String(monotonic()))
  } else if (url.pathname === '/wall') {
    response.end(String(wallOffset()))
  } else if (url.pathname === '/recorder.js') {
    response.setHeader('content-type', 'text/javascript')
    response.end(await readFile(join(ROOT, 'bench/page/recorder.js')))
  } else if (url.pathname === '/offer') {
    let offer = ''
    for await (const chunk of request) offer += chunk
    const answer = await fetch(url.searchParams.get('to') ?? '', {
      method: 'POST',
      headers: { 'content-type': 'application/sdp' },
      body: offerForSystem(offer),
    })
    const text = await answer.text()
    response.writeHead(answer.ok ? 200 : 502).end(answer.ok ? answerForViewer(text) : text)
  } else {
    response.setHeader('content-type', 'text/html; charset=utf-8')
    response.end('<!doctype html><title>bench</title><body><script src="/recorder.js"></script>')
  }
}

/** The clock that images are stamped with, ms. */
function monotonic(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

/** Wall clock minus monotonic clock, ms, from the moments at which Date.now() changes; twin of recorder.js. */
function wallOffset(): number {
  const offsets = Array.from({ length: 15 }, () => {
    const before = Date.now()
    let wall = before
    while (wall === before) wall = Date.now()
    return wall - monotonic()
  })
  return Math.max(...offsets) // a change is never seen too early, only too late
}
