import { once } from 'node:events'
import { unwatchFile, watchFile } from 'node:fs'
import { copyFile, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createApp } from '../../../src/server/app.js'
import { readCertificate, watchCertificate } from '../../../src/server/certificate.js'
import { listen } from '../../../src/server/listen.js'
import { until } from '../../support/wait.js'
import { FakeEngine } from './fake-engine.js'

const FIXTURES = join(import.meta.dirname, '../../fixtures/tls')
const fixture = (name: string) => ({
  certFile: join(FIXTURES, `${name}-cert.pem`),
  keyFile: join(FIXTURES, `${name}-key.pem`),
})

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pixelcast-tls-'))
})
afterEach(() => rm(folder, { recursive: true }))

describe('a certificate', () => {
  it.each([
    [
      'a certificate that is not there',
      { certFile: '/no/such.pem' },
      /tls\.certFile: expected a file that can be read, got \/no\/such\.pem/,
    ],
    ['a key that is not there', { keyFile: '/no/such.pem' }, /tls\.keyFile: expected a file/],
    [
      'the key of another one',
      { keyFile: fixture('second').keyFile },
      /tls: expected a certificate and its key.*mismatch/,
    ],
    [
      'both the wrong way round',
      { certFile: fixture('first').keyFile },
      /tls: expected a certificate and its key/,
    ],
  ])('%s is refused by name', async (_, files, message) => {
    await expect(readCertificate({ ...fixture('first'), ...files })).rejects.toThrow(message)
  })

  it('is taken anew when its link is turned, and not while it does not fit its key', async () => {
    const files = { certFile: join(folder, 'live-cert.pem'), keyFile: join(folder, 'live-key.pem') }
    await copyFile(fixture('first').certFile, files.certFile)
    await copyFile(fixture('first').keyFile, files.keyFile)
    const seen: string[] = []
    const end = watchCertificate(
      files,
      ({ key }) => seen.push(key.toString()),
      () => seen.push('bad'),
      20,
    )
    try {
      await writeFile(files.certFile, 'half of')
      await until('the half written one', () => seen.includes('bad'))
      for (const [name, path] of [
        ['second-cert.pem', files.certFile],
        ['second-key.pem', files.keyFile],
      ] as const) {
        await symlink(join(FIXTURES, name), `${path}.new`)
        await rename(`${path}.new`, path)
      }
      const { key } = await readCertificate(fixture('second'))
      await until('the new one', () => seen.at(-1) === key.toString())
    } finally {
      end()
    }
  })
})

describe('HTTPS', () => {
  const namesOf = (port: number) =>
    new Promise<{ name: string; status: number }>((resolve, reject) => {
      const asked = request(
        { host: '127.0.0.1', port, path: '/healthz', rejectUnauthorized: false, agent: false },
        (response) => {
          const { subject } = (response.socket as import('node:tls').TLSSocket).getPeerCertificate()
          response
            .resume()
            .on('end', () => resolve({ name: String(subject.CN), status: response.statusCode ?? 0 }))
        },
      )
      asked.on('error', reject).end()
    })

  it('answers with the certificate of the files, and with a new one without a pause', async () => {
    const files = { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') }
    await copyFile(fixture('first').certFile, files.certFile)
    await copyFile(fixture('first').keyFile, files.keyFile)
    const app = createApp(new FakeEngine('cam'), { host: '127.0.0.1' })
    const listening = await listen(app, { host: '127.0.0.1', port: 0, tls: files })
    try {
      expect(await namesOf(listening.port)).toEqual({ name: 'first.pixelcast.test', status: 200 })
      await copyFile(fixture('second').keyFile, files.keyFile)
      await copyFile(fixture('second').certFile, files.certFile)
      await until(
        'the new certificate',
        async () => (await namesOf(listening.port)).name === 'second.pixelcast.test',
      )
    } finally {
      await listening.close()
    }
  })

  it('closes at once, with a connection that has not begun its handshake', async () => {
    const app = createApp(new FakeEngine('cam'))
    const listening = await listen(app, { host: '127.0.0.1', port: 0, tls: fixture('first') })
    const silent = connect(listening.port, '127.0.0.1')
    silent.on('error', () => {})
    await once(silent, 'connect')
    // The server knows of this one before any that comes later has been answered.
    await namesOf(listening.port)
    const gone = once(silent, 'close')
    await Promise.all([listening.close(), gone])
  })

  it('looks at no files when it could not open', async () => {
    const files = fixture('second')
    const app = createApp(new FakeEngine('cam'))
    const other = await listen(app, { host: '127.0.0.1', port: 0 })
    await expect(listen(app, { host: '127.0.0.1', port: other.port, tls: files })).rejects.toThrow('is taken')
    for (const path of [files.certFile, files.keyFile]) {
      const look = () => {}
      // All who watch a file share one watcher, which is given here.
      expect(watchFile(path, { persistent: false }, look).listenerCount('change')).toBe(1)
      unwatchFile(path, look)
    }
    await other.close()
  })

  it('does not open with files that cannot be used', async () => {
    const app = createApp(new FakeEngine('cam'))
    const tls = { certFile: '/no/such.pem', keyFile: fixture('first').keyFile }
    await expect(listen(app, { host: '127.0.0.1', port: 0, tls })).rejects.toThrow('tls.certFile')
  })
})
