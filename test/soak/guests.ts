import { Chance } from '../fuzz/chance.js'
import { channelMessage } from '../fuzz/messages.js'
import { addressed, rtcpPacket } from '../fuzz/rtcp-samples.js'
import { type Browser, launchChromium } from '../support/browser.js'
import { type HeadlessReceiver, startHeadlessReceiver } from '../support/headless-receiver/index.js'
import { pause, until } from '../support/wait.js'

/** How often each kind of guest did what it does. */
export type Doings = Record<string, number>

/** Somebody who comes to a server and does something, over and over, until told to stop. */
type Guest = (house: House) => Promise<void>

/** A soaked server as its guests know it. */
export class House {
  readonly doings: Doings = {}
  readonly failures: string[] = []
  #stopped = false

  constructor(readonly url: string) {}

  get isOpen(): boolean {
    return !this.#stopped
  }

  whep(track: string): string {
    return new URL(`whep/${track}`, this.url).href
  }

  count(what: string, by = 1): void {
    this.doings[what] = (this.doings[what] ?? 0) + by
  }

  /** Lets them all in; resolves when the last one has left after `stop`. */
  async receive(guests: readonly Guest[]): Promise<void> {
    await Promise.all(
      guests.map(async (guest) => {
        while (this.isOpen)
          try {
            await guest(this)
          } catch (error) {
            if (!this.isOpen) return
            this.count('guests that failed')
            if (this.failures.length < 20)
              this.failures.push(String(error instanceof Error ? error.message : error))
            await pause(1_000)
          }
      }),
    )
  }

  stop(): void {
    this.#stopped = true
  }
}

const TRACKS = ['moving', 'still', 'changing'] as const
let turn = 0

async function withReceiver(body: (receiver: HeadlessReceiver) => Promise<void>): Promise<void> {
  const receiver = await startHeadlessReceiver()
  try {
    await body(receiver)
  } finally {
    await receiver.kill()
  }
}

async function framesOf(receiver: HeadlessReceiver, viewers: readonly number[], least = 1): Promise<void> {
  await until('frames', async () => {
    const stats = await receiver.call('stats')
    return viewers.every((viewer) => stats[viewer]!.frames >= least)
  })
}

/** Come, watch a few seconds, and leave in good order or without a word. */
const passers: Guest = async (house) =>
  withReceiver(async (receiver) => {
    for (let round = 0; round < 20 && house.isOpen; round++) {
      const track = TRACKS[turn++ % TRACKS.length]!
      const codec = turn % 2 ? 'h264' : 'vp8'
      const viewers = await receiver.call('open', { url: house.whep(track), count: 1, codec, channel: true })
      await framesOf(receiver, viewers)
      house.count('viewers came and saw', viewers.length)
      await pause(2_000)
      await receiver.call('close', { viewers, how: turn % 3 === 0 ? 'close' : 'both' })
    }
  })

/** Their process is killed while they watch. */
const crashers: Guest = async (house) =>
  withReceiver(async (receiver) => {
    const viewers = await receiver.call('open', { url: house.whep('moving'), count: 3, codec: 'h264' })
    await framesOf(receiver, viewers)
    await pause(1_000)
    house.count('viewers crashed', viewers.length)
    await receiver.kill('SIGKILL')
    await pause(8_000)
  })

/** Offers whose answer nobody takes. */
const abandoners: Guest = async (house) => {
  const { OFFERS } = await import('../unit/signaling/fixtures.js')
  for (const offer of OFFERS.values()) {
    const response = await fetch(house.whep('still'), {
      method: 'POST',
      headers: { 'content-type': 'application/sdp' },
      body: offer,
    })
    await response.arrayBuffer()
    if (response.status === 201) house.count('sessions abandoned')
    await pause(1_500)
    if (!house.isOpen) return
  }
}

/** Garbage RTCP, floods of PLI and NACK, garbage on the data channel. */
const hostile: Guest = async (house) =>
  withReceiver(async (receiver) => {
    const [viewer] = await receiver.call('open', {
      url: house.whep('moving'),
      count: 1,
      codec: 'h264',
      channel: true,
    })
    await framesOf(receiver, [viewer!])
    const { ssrc } = (await receiver.call('stats'))[viewer!]!
    await receiver.call('flood', { viewer: viewer!, perSecond: 50 })
    const seed = Math.floor(performance.now())
    for (let step = 0; step < 60 && house.isOpen; step++) {
      const packets = Array.from({ length: 50 }, (_, i) =>
        addressed(rtcpPacket(new Chance(seed, step * 50 + i)), ssrc),
      )
      const sent = await receiver.call('sendAll', { viewer: viewer!, packets })
      const messages = Array.from({ length: 25 }, (_, i) => channelMessage(new Chance(seed, step * 25 + i)))
      house.count(
        'hostile packets and messages',
        sent + (await receiver.call('say', { viewer: viewer!, messages })),
      )
      if (sent < packets.length) break // thrown out
      await pause(250)
    }
  })

/** Send images to tracks that are made for them, single ones and streams, some of them broken. */
const senders: Guest = async (house) => {
  const { default: sharp } = await import('sharp')
  const image = await sharp({ create: { width: 320, height: 240, channels: 3, background: '#36c' } })
    .jpeg()
    .toBuffer()
  for (let round = 0; round < 30 && house.isOpen; round++) {
    const body = round % 10 === 9 ? image.subarray(0, 100) : image
    const sent = await fetch(new URL(`tracks/sent-${round % 3}/image`, house.url), { method: 'PUT', body })
    await sent.arrayBuffer()
    const part = Buffer.concat([
      Buffer.from(`--x\r\nContent-Type: image/jpeg\r\nContent-Length: ${body.length}\r\n\r\n`),
      body,
      Buffer.from('\r\n'),
    ])
    const stream = await fetch(new URL('tracks/sent-stream/stream', house.url), {
      method: 'POST',
      headers: { 'content-type': 'multipart/x-mixed-replace; boundary=x' },
      body: Buffer.concat([...Array<Buffer>(20).fill(part), Buffer.from('--x--\r\n')]),
    })
    await stream.arrayBuffer()
    house.count('images sent over HTTP', 21)
    await (await fetch(new URL('tracks/moving/snapshot.jpg', house.url))).arrayBuffer()
    await pause(500)
  }
}

/** A real browser that looks at a page, reloads it, and goes to another. */
function browserGuest(browser: Browser): Guest {
  return async (house) => {
    const track = TRACKS[turn++ % TRACKS.length]!
    const page = await browser.open(new URL(`view/${track}`, house.url).href)
    try {
      for (let round = 0; round < 3 && house.isOpen; round++) {
        await until('a picture in the browser', () =>
          page.evaluate<boolean>(`(() => {
            const view = document.querySelector('pixelcast-view')
            return view?.dataset.state === 'live' && view.video.readyState >= 2 && view.video.videoWidth > 0
          })()`),
        )
        house.count('pages shown in Chromium')
        await pause(4_000)
        await page.reload()
      }
    } finally {
      await page.close()
    }
  }
}

/** Everybody who comes; a browser is one of them if there is one on this machine. */
export async function invite(): Promise<{ guests: Guest[]; leave(): Promise<void> }> {
  const guests = [passers, passers, crashers, abandoners, hostile, senders]
  const browser = await launchChromium().catch(() => undefined)
  if (browser) guests.push(browserGuest(browser))
  return { guests, leave: async () => browser?.close() }
}
