import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { type Browser, launchChromium } from '../support/browser.js'
import { readSnippets, snippetOf } from '../support/docs/snippets.js'
import { Reel, readCode } from '../support/images.js'
import { createServer, LOCAL, type PixelcastServer } from '../support/pixelcast.js'
import { freeTcpPort } from '../support/tcp-port.js'
import { waitForPicture } from '../support/viewer-page.js'
import { WebProxy } from '../support/web-proxy.js'

const NAME = 'camera.example.org'
const CERTIFICATE = join(import.meta.dirname, '../fixtures/tls/first-cert.pem')
const KEY = join(import.meta.dirname, '../fixtures/tls/first-key.pem')
const snippets = await readSnippets()

/** How docs/deploy.md configures it, with other ports and files. */
interface Kind {
  readonly command: string
  readonly parameters: (folder: string) => string[]
  readonly config: (port: number, target: number, folder: string) => string
}

const KINDS: Readonly<Record<string, Kind>> = {
  nginx: {
    command: '/usr/sbin/nginx',
    parameters: (folder) => ['-p', folder, '-c', join(folder, 'config'), '-e', 'stderr'],
    config: (port, target, folder) => {
      const site = snippetOf(snippets, 'nginx.conf')
        .code.replace('listen 443 ssl', `listen 127.0.0.1:${port} ssl`)
        .replace('127.0.0.1:8080', `127.0.0.1:${target}`)
        .replace('/etc/ssl/camera.pem', CERTIFICATE)
        .replace('/etc/ssl/camera.key', KEY)
      const folders = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
        .map((name) => `${name}_temp_path ${folder}/${name};`)
        .join('\n')
      return `daemon off;\npid ${folder}/pid;\nevents {}\nhttp {\naccess_log off;\n${folders}\n${site}\n}\n`
    },
  },
  Caddy: {
    command: '/usr/bin/caddy',
    parameters: () => ['run', '--config', 'config', '--adapter', 'caddyfile'],
    config: (port, target) => {
      const site = snippetOf(snippets, 'Caddyfile').code.replace('127.0.0.1:8080', `127.0.0.1:${target}`)
      const test = [
        'admin off',
        'local_certs',
        'skip_install_trust',
        'auto_https disable_redirects',
        `https_port ${port}`,
        'default_bind 127.0.0.1',
      ]
      return `{\n\t${test.join('\n\t')}\n}\n${site}\n`
    },
  },
}

describe('behind a proxy that has the certificate', () => {
  let browser: Browser
  let server: PixelcastServer
  beforeAll(async () => {
    browser = await launchChromium(
      '--ignore-certificate-errors',
      `--host-resolver-rules=MAP ${NAME} 127.0.0.1`,
    )
    server = await createServer({ ...LOCAL, allowedHosts: [NAME] })
    server.addTrack('still').addImage(new Reel(640, 480).image(7))
  })
  afterAll(async () => {
    await browser?.close()
    await server?.close()
  })

  for (const [kind, { command, parameters, config }] of Object.entries(KINDS))
    it.skipIf(!existsSync(command))(
      `${kind}: a page shows the track over UDP past it, and over a WebSocket through it`,
      async () => {
        const port = await freeTcpPort()
        const proxy = await WebProxy.start(
          command,
          parameters,
          (folder) => config(port, server.port ?? 0, folder),
          port,
        )
        try {
          for (const transport of ['webrtc', 'websocket']) {
            const page = await browser.open(`https://${NAME}:${port}/view/still?transport=${transport}`)
            await waitForPicture(page, `the number by ${transport}`, (image) => readCode(image) === 7)
            await page.close()
          }
        } finally {
          await proxy.stop()
        }
      },
    )
})
