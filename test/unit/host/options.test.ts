import { describe, expect, it } from 'vitest'
import { checkServerOptions, type ServerOptions } from '../../../src/host/options.js'

describe('the options of a server', () => {
  it.each<[unknown, string]>([
    [null, 'options: expected an object with port, host,'],
    [3000, 'options: expected an object with port, host, .* got 3000'],
    ['8080', 'options: expected an object with port, host, .* got "8080"'],
    [{ port: '8080' }, 'port: expected a whole number from 0 to 65535, got "8080"'],
    [{ prot: 8080 }, 'prot: expected one of the options port, host'],
    [{ host: 1 }, 'host: expected an address'],
    [{ ice: null }, 'ice: expected an object with bindAddress'],
    [{ ice: '127.0.0.1' }, 'ice: expected an object with bindAddress'],
    [
      { ice: { bindAddress: '192.0.2.7' } },
      'ice.bindAddress: expected an address of this machine .*got "192.0.2.7"',
    ],
    [{ ice: { bindAddress: 'localhost' } }, 'ice.bindAddress: expected an IP address, got "localhost"'],
    [{ ice: { portRange: [2, 1] } }, 'ice.portRange: expected'],
    [{ ice: { port: 1 } }, 'ice.port: expected one of the options'],
    [{ ice: { advertise: '203.0.113.5' } }, 'ice.advertise: expected a list'],
    [{ ice: { advertise: ['203.0.113.5', 'example.org'] } }, 'ice.advertise\\[1\\]: expected an IP address'],
    [{ ice: { servers: {} } }, 'ice.servers: expected a list'],
    [{ ice: { servers: [{ url: 'http://a' }] } }, 'ice.servers\\[0\\].url: expected stun:'],
    [{ ice: { servers: [{ urls: 'stun:a' }] } }, 'ice.servers\\[0\\].urls: expected one of the options'],
    [{ ice: { servers: [{ url: 'turn:a' }] } }, 'expected username and credential, or secret'],
    [
      { ice: { servers: [{ url: 'turn:a', secret: 's', username: 'u' }] } },
      'secret: expected not to be given together',
    ],
    [{ ice: { servers: [{ url: 'turn:a', secret: 's\n' }] } }, 'secret: expected a text'],
    [{ ice: { servers: [{ url: 'turn:a', secret: 's', lifetime: 1 }] } }, 'lifetime: expected whole seconds'],
    [{ ice: { servers: [{ url: 'stun:a', for: 'me' }] } }, "for: expected 'viewers'"],
    [{ maxViewers: 1 }, 'maxViewers: expected one of the options'],
    [{ limits: 5 }, 'limits: expected an object with bodyBytes, sessions'],
    [{ limits: { session: 5 } }, 'limits.session: expected one of the options bodyBytes'],
    [{ limits: { sessions: 0 } }, 'limits.sessions: expected a whole number from 1 to 10000, got 0'],
    [{ limits: { sessionsPerAddress: 1.5 } }, 'limits.sessionsPerAddress: expected a whole number'],
    [{ limits: { sessionRate: '5' } }, 'limits.sessionRate: expected a number from 0.1 to 10000, got "5"'],
    [{ limits: { encodeLoad: Number.NaN } }, 'limits.encodeLoad: expected a number from 0.01 to 1, got NaN'],
    [{ limits: { handshakeTime: 1 } }, 'limits.handshakeTime: expected a whole number from 100 to 120000'],
    [{ trustProxy: '127.0.0.1' }, 'trustProxy: expected true, false, or a list'],
    [{ trustProxy: ['10.0.0.0/8', 'proxy.test'] }, 'trustProxy\\[1\\]: expected an IP address or a network'],
    [{ trustProxy: ['10.0.0.0/33'] }, 'trustProxy\\[0\\]: expected'],
    [{ trustProxy: ['::1/64/2'] }, 'trustProxy\\[0\\]: expected'],
    [{ ingest: 'yes' }, 'ingest: expected an object with token, createTracks'],
    [{ ingest: { tokens: 'x' } }, 'ingest.tokens: expected one of the options token'],
    [{ ingest: { token: 'short' } }, 'ingest.token: expected 8 to 512 letters.*got a text of 5 characters'],
    [{ ingest: { token: 'with a space' } }, 'ingest.token: expected 8 to 512 letters'],
    [{ ingest: { token: 12345678 } }, 'ingest.token: expected .*got a number$'],
    [{ ingest: 'my-own-secret' }, 'ingest: expected .*got a text of 13 characters$'],
    [{ ingest: { createTracks: 1 } }, 'ingest.createTracks: expected true or false, got 1'],
    [{ ingest: { maxTracks: 0 } }, 'ingest.maxTracks: expected a whole number from 1 to 1000'],
    [{ ingest: { maxBytes: 1 } }, 'ingest.maxBytes: expected a whole number from 1024'],
    [{ ingest: { maxBytesPerSecond: 1 } }, 'ingest.maxBytesPerSecond: expected a whole number from 1024'],
    [{ ingest: { maxImagesPerSecond: 0 } }, 'ingest.maxImagesPerSecond: expected a whole number from 1'],
    [{ ingest: { maxSenders: 1.5 } }, 'ingest.maxSenders: expected'],
    [{ ingest: { timeout: 5 } }, 'ingest.timeout: expected a whole number from 100 to 86400000, got 5'],
  ])('%j is refused by name', (options, message) => {
    expect(() => checkServerOptions(options as ServerOptions)).toThrow(new RegExp(message))
  })

  it('take no images over HTTP unless asked to', () => {
    for (const ingest of [undefined, false]) expect(checkServerOptions({ ingest }).ingest).toBeUndefined()
    const defaults = {
      createTracks: false,
      maxTracks: 16,
      maxBytes: 33_554_432,
      maxBytesPerSecond: 1_073_741_824,
      maxImagesPerSecond: 240,
      maxSenders: 32,
      timeout: 60_000,
    }
    for (const ingest of [true, {}, { token: undefined }])
      expect(checkServerOptions({ ingest }).ingest).toEqual(defaults)
  })

  it('limit loopback and tokens by what is for all, unless it is said', () => {
    const { engine } = checkServerOptions({ limits: { sessions: 20, sessionRate: 3 } }).limits
    expect(engine).toMatchObject({
      sessions: 20,
      perAddress: { sessions: 100, connecting: 32, rate: 10 },
      rate: 3,
    })
    const { perToken, perLoopback } = engine
    for (const most of [perToken, ...Object.values(perLoopback)]) expect(most).toBeGreaterThan(10_000)
    const own = { sessionsPerAddress: 4, connectingPerAddress: 2, sessionRatePerAddress: 0.5 }
    const said = { sessions: 4, connecting: 2, rate: 0.5 }
    expect(checkServerOptions({ limits: own }).limits.engine).toMatchObject({
      perAddress: said,
      perLoopback: said,
    })
  })

  it('may be undefined one by one, as they come from an environment', () => {
    const port: number | undefined = process.env.NOT_SET === undefined ? undefined : 1
    const options: ServerOptions = {
      port,
      host: undefined,
      ice: { bindAddress: undefined },
      title: undefined,
    }
    expect(checkServerOptions(options)).toMatchObject({ port: 8080, host: '127.0.0.1' })
  })
})
