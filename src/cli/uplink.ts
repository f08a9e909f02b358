import { monotonicNow } from '../common/clock.js'
import type { ImageTrack, Publication, PublishOptions } from '../track/index.js'
import { explain } from './errors.js'
import { Remarks } from './terminal/remarks.js'
import type { Terminal } from './terminal/terminal.js'

const LOOK_INTERVAL = 1_000

/** A track that is published to an engine elsewhere, as a command shows it on the terminal. */
export class Uplink {
  /** For the status line. */
  text = 'connecting'
  /** Rejects when the engine refuses it for good. Never resolves. */
  readonly failure: Promise<never>
  #publication: Publication | undefined
  #timer: NodeJS.Timeout | undefined
  #before: { readonly bytes: number; readonly at: number } | undefined
  #isClosed = false

  constructor(
    private readonly track: ImageTrack,
    private readonly options: PublishOptions,
    private readonly terminal: Terminal,
  ) {
    this.failure = this.#run()
    // whoever goes on without it does not wait for it
    this.failure.catch(() => undefined)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearInterval(this.#timer)
    await this.#publication?.close()
  }

  async #run(): Promise<never> {
    try {
      const publication = await this.track.publish(this.options)
      this.#publication = publication
      if (this.#isClosed) await publication.close()
      await this.#follow(publication)
    } catch (error) {
      this.text = 'not published'
      throw error
    }
    return new Promise<never>(() => undefined)
  }

  /** Rejects when it fails for good, resolves when it is closed. */
  #follow(publication: Publication): Promise<void> {
    const { name } = this.track
    const remarks = new Remarks((line) => this.terminal.warn(`${name}: ${line}`))
    const onWaiting = (error: Error, retryIn?: number): void => {
      this.#before = undefined
      this.text = 'waiting for the engine'
      remarks.add(
        `${explain(error)}${retryIn === undefined ? '' : `; again in ${(retryIn / 1000).toFixed(1)} s`}`,
      )
    }
    const onConnected = (): void => {
      this.text = 'published'
      this.terminal.note(`${name}: published`)
    }
    this.#timer = setInterval(() => void this.#look(publication), LOOK_INTERVAL)
    this.#timer.unref()
    return new Promise((resolve, reject) => {
      publication.on('connected', onConnected)
      publication.on('waiting', onWaiting)
      publication.on('note', (text) => this.terminal.note(`${name}: ${text}`))
      publication.on('failed', reject)
      publication.on('close', resolve)
      if (publication.state === 'connected') onConnected()
      else if (publication.error) onWaiting(publication.error)
    })
  }

  async #look(publication: Publication): Promise<void> {
    const stats = await publication.stats()
    if (!stats || publication.state !== 'connected') return
    const now = { bytes: stats.bytesSent, at: monotonicNow() }
    const before = this.#before
    this.#before = now
    if (!before) return
    const rate = ((now.bytes - before.bytes) * 8) / (now.at - before.at) / 1000
    this.text =
      `published ${stats.codec.toUpperCase()} ${rate.toFixed(2)} Mbit/s, ` +
      `RTT ${Math.round(stats.roundTripTime)} ms, loss ${(stats.loss * 100).toFixed(1)} %`
  }
}
