import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from './browser.js'
import type { RgbaImage } from './images.js'

export interface PresentedFrame {
  /** The burned number; null when there is none or the check says that it is not to be trusted. */
  readonly value: number | null
  /** When it was presented, ms since the Unix epoch. */
  readonly at: number
  readonly width: number
  readonly height: number
}

export interface PlayerStats {
  readonly codec: string | null
  readonly packets: number
  readonly lost: number
  readonly bytes: number
  readonly framesReceived: number
  readonly framesDecoded: number
  readonly framesDropped: number
  readonly keyframesDecoded: number | null
  readonly nack: number
  readonly pli: number
}

export interface PlayOptions {
  /** The only codec that the offer holds; the browser's own list and order without it. */
  readonly codec?: 'h264' | 'vp8'
  /** Label of a data channel to open. */
  readonly channel?: string
  /** `RTCConfiguration` of the page's peer connection. */
  readonly configuration?: object
  /** What of the answer the page gets to see. Default: all. */
  readonly edit?: (answer: string) => string
}

export interface PlayerState {
  readonly connection: string
  readonly ice: string
  readonly width: number
  readonly height: number
  readonly frames: number
  readonly last: PresentedFrame | null
}

/** A blank page of the harness's own, on which any number of players can be opened. */
export class Stage {
  #next = 0
  readonly #players = new Set<Player>()
  private constructor(
    readonly page: Page,
    private readonly server: Server,
  ) {}

  /** @param more scripts to load after the player's own, by their files */
  static async open(browser: Browser, more: readonly URL[] = []): Promise<Stage> {
    const files = [new URL('./page/player.js', import.meta.url), ...more]
    const scripts = await Promise.all(files.map((file) => readFile(file)))
    const tags = scripts.map((_, index) => `<script src="/${index}.js"></script>`).join('')
    const server = createServer((request, response) => {
      const script = scripts[Number(/^\/(\d+)\.js$/.exec(request.url ?? '')?.[1])]
      if (script) response.setHeader('content-type', 'text/javascript').end(script)
      else
        response
          .setHeader('content-type', 'text/html; charset=utf-8')
          .end(`<!doctype html><title>player</title><body>${tags}`)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    return new Stage(await browser.open(`http://127.0.0.1:${port}/`), server)
  }

  /** Does WHEP: the offer from the page, the POST from here, the answer back to the page. */
  async play(whepUrl: string | URL, { edit, ...options }: PlayOptions = {}): Promise<Player> {
    const id = this.#next++
    const offer = await this.page.evaluate<string>('(a) => player.offer(a)', { id, ...options })
    const response = await fetch(whepUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/sdp' },
      body: offer,
    })
    const answer = await response.text()
    if (response.status !== 201) {
      await this.page.evaluate('(id) => player.close(id)', id)
      throw new Error(`WHEP POST: ${response.status} ${answer}`)
    }
    const location = response.headers.get('location')
    if (!location) throw new Error('WHEP POST: 201 without Location')
    await this.page.evaluate('(a) => player.answer(a)', { id, sdp: edit ? edit(answer) : answer })
    const player = new Player(this.page, id, offer, answer, new URL(location, whepUrl), () =>
      this.#players.delete(player),
    )
    this.#players.add(player)
    return player
  }

  /** A player whose media come another way: `open` is the source text of a function that opens it in the page. */
  async show(open: string, argument: object): Promise<Player> {
    const id = this.#next++
    const text = await this.page.evaluate<string | null>(open, { id, ...argument })
    const player = new Player(this.page, id, '', text ?? '', undefined, () => this.#players.delete(player))
    this.#players.add(player)
    return player
  }

  async close(): Promise<void> {
    for (const player of [...this.#players]) await player.leave().catch(() => {})
    await this.page.close().catch(() => {})
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }
}

/** One viewer, as the test holds it. */
export class Player {
  constructor(
    private readonly page: Page,
    private readonly id: number,
    readonly offer: string,
    readonly answer: string,
    private readonly resource: URL | undefined,
    private readonly left: () => void,
  ) {}

  /** Of WHEP. */
  get session(): URL {
    if (!this.resource) throw new Error('this player has no session')
    return this.resource
  }

  /** Calls something of the page for this player: `what` is the source text of a function that gets its id as well. */
  ask(what: string, argument: object): Promise<void> {
    return this.page.evaluate(what, { id: this.id, ...argument })
  }

  state(): Promise<PlayerState> {
    return this.page.evaluate('(id) => player.state(id)', this.id)
  }

  /** Every frame presented so far, or from the given index on. */
  frames(from = 0): Promise<PresentedFrame[]> {
    return this.page.evaluate('(a) => player.frames(a)', { id: this.id, from })
  }

  /**
   * Waits until the frame on screen fulfils a predicate: the source text of a function that gets
   * `{ value, width, height, frames, pixel(x, y) }` in the page.
   */
  waitFor(what: string, predicate: string, deadline = 20_000): Promise<void> {
    return this.page.evaluate('(a) => player.waitFor(a)', { id: this.id, what, predicate, deadline })
  }

  /** Waits for the first picture. */
  async started(deadline?: number): Promise<void> {
    await this.waitFor('the first frame', '() => true', deadline)
  }

  /** What is on screen now: the whole frame, or a part of it. */
  async pixels(area?: { x: number; y: number; width: number; height: number }): Promise<RgbaImage> {
    const { width, height, data } = await this.page.evaluate<{ width: number; height: number; data: string }>(
      '(a) => player.pixels(a)',
      { id: this.id, ...(area && { area }) },
    )
    return { width, height, data: new Uint8Array(Buffer.from(data, 'base64')), format: 'rgba' }
  }

  stats(): Promise<PlayerStats> {
    return this.page.evaluate('(id) => player.stats(id)', this.id)
  }

  /** How often the browser asked for another negotiation (once is the offer itself). */
  negotiations(): Promise<number> {
    return this.page.evaluate('(id) => player.negotiations(id)', this.id)
  }

  /** Texts that came on the data channel. */
  messages(): Promise<string[]> {
    return this.page.evaluate('(id) => player.messages(id)', this.id)
  }

  send(text: string): Promise<void> {
    return this.page.evaluate('(a) => player.send(a)', { id: this.id, text })
  }

  /** Ends the session as a polite WHEP client does: DELETE, then close. */
  async leave(): Promise<void> {
    if (this.resource) await (await fetch(this.resource, { method: 'DELETE' })).arrayBuffer()
    await this.vanish()
  }

  /** Closes the peer connection without a word over HTTP. */
  async vanish(): Promise<void> {
    await this.page.evaluate('(id) => player.close(id)', this.id)
    this.left()
  }
}
