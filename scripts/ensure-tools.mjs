// Installs by apt what some tests need beside the browsers, when it is missing and that is possible without
// asking anyone: OpenCV for Python (docs/python.md), a TURN server, SSH, Janus, and the proxies of docs/deploy.md. Without
// them those tests are skipped and say so; everything else runs.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { apt, asRoot } from './apt.mjs'

/** Debian's packages, and whether what is in them is here. */
const TOOLS = {
  'python3-opencv': () =>
    ['/usr/bin/python3', 'python3'].some(
      (python) => spawnSync(python, ['-c', 'import cv2, numpy'], { stdio: 'ignore' }).status === 0,
    ),
  coturn: () => existsSync('/usr/bin/turnserver'),
  'openssh-server': () => existsSync('/usr/sbin/sshd'),
  'openssh-client': () => existsSync('/usr/bin/ssh'),
  'nginx-light': () => existsSync('/usr/sbin/nginx'),
  caddy: () => existsSync('/usr/bin/caddy'),
  janus: () => existsSync('/usr/bin/janus'),
}

const missing = () =>
  Object.entries(TOOLS)
    .filter(([, isThere]) => !isThere())
    .map(([name]) => name)

const wanted = missing()
const prefix = wanted.length > 0 && existsSync('/usr/bin/apt-get') ? asRoot() : undefined
if (prefix) {
  console.log(`Installing what some tests need: ${wanted.join(', ')}`)
  apt(prefix, ['update', '-q'])
  apt(prefix, ['install', '-y', '-q', '--no-install-recommends', ...wanted])
}
const absent = missing()
if (absent.length > 0)
  console.error(
    `Without ${absent.join(' and ')} some tests are skipped. As root: apt-get install ${absent.join(' ')}`,
  )
