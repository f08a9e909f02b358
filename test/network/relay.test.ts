import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { Relay, type RelayOptions } from './relay.js'

const open: { close(): unknown }[] = []
afterEach(() => {
  for (const socket of open.splice(0)) socket.close()
})

async function socket(): Promise<Socket> {
  const udp = createSocket('udp4')
  udp.bind(0, '127.0.0.1')
  await once(udp, 'listening')
  open.push(udp)
  return udp
}

const PACKET = 1200
const MOST_AT_ONCE = 10
const packets = (time: number, rate: number): number => (time * rate) / 8000 / PACKET

/** A browser and a server with a relay between them that have exchanged a packet each way. */
async function connected(options: Omit<RelayOptions, 'serverPort'>) {
  const server = await socket()
  const browser = await socket()
  const relay = await Relay.start({ serverPort: server.address().port, ...options })
  open.push(relay)
  browser.send('hello', relay.port, '127.0.0.1')
  const [, { port }] = await once(server, 'message')
  server.send('welcome', port, '127.0.0.1')
  const [answer, from] = await once(browser, 'message')
  expect(String(answer)).toBe('welcome')
  expect(from.port).toBe(relay.port)
  const received: Buffer[] = []
  browser.on('message', (data) => received.push(data))
  /** From the server, as many bits per second as it should be. */
  const send = async (rate: number, time: number) => {
    let began = performance.now()
    let sent = 0
    for (let now = began; now - began < time; now = performance.now()) {
      for (let burst = 0; sent < packets(now - began, rate); sent++, burst++) {
        // When the machine had other things to do, the rest comes later: sockets buffer some ninety packets.
        if (burst === MOST_AT_ONCE) {
          began = now - (8000 * PACKET * sent) / rate
          break
        }
        server.send(Buffer.alloc(PACKET), port, '127.0.0.1')
      }
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    await new Promise((resolve) => setTimeout(resolve, 400))
    return sent
  }
  return { relay, received, send }
}

describe('Relay', () => {
  it('carries 30 Mbit/s without losing any', async () => {
    const { received, send } = await connected({ down: { delay: 20 }, up: { delay: 20 } })
    const sent = await send(30_000_000, 1000)
    expect(sent).toBeGreaterThan(2500)
    expect(received.length).toBeGreaterThan(0.99 * sent)
  })

  it('is a link of its rate, and of another when that changes', async () => {
    const { relay, received, send } = await connected({ down: { rate: 2_000_000, queue: 100 } })
    const sent = await send(8_000_000, 1000)
    // The queue's 100 ms come after.
    expect(received.length / sent).toBeGreaterThan(0.2)
    expect(received.length / sent).toBeLessThan(0.36)
    expect(relay.stats.dropped).toBeGreaterThan(0.5 * sent)
    relay.change({ down: { rate: 50_000_000 } })
    received.length = 0
    const more = await send(8_000_000, 500)
    expect(received.length).toBeGreaterThan(0.97 * more)
  })

  it('loses what it should', async () => {
    const { relay, received, send } = await connected({})
    relay.change({ down: { loss: 0.5 } })
    const sent = await send(8_000_000, 1000)
    expect(received.length / sent).toBeGreaterThan(0.4)
    expect(received.length / sent).toBeLessThan(0.6)
  })
})
