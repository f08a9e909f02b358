import { checkKeys, checkOption, OptionError, show } from '../common/errors.js'
import type { PixelcastServer } from '../host/index.js'
import type { ControlRule } from '../track/index.js'

/** Options of `configure` and `new HighGui`; every one may be left out. */
export interface HighGuiOptions {
  /** Show the windows on this server, beside its other tracks, instead of starting one. It is not closed. */
  readonly server?: PixelcastServer | undefined
  /**
   * HTTP port, 0…65535; 0 takes any free one. Default: that of the environment variable `PIXELCAST_PORT`, or 8080;
   * if that is taken, the next that is free. A port that is given here is taken, or it is an error.
   */
  readonly port?: number | undefined
  /**
   * Address to listen on. Default: that of `PIXELCAST_HOST`, or `127.0.0.1`: only this machine can watch. With
   * `0.0.0.0` whoever can reach the machine can watch, and press keys: see `control`.
   */
  readonly host?: string | undefined
  /** True: do not print the address. Default false: it is printed once, to the standard error output. */
  readonly quiet?: boolean | undefined
  /** Whose keys, mouse and trackbars the windows listen to, as the option of a track. Default `anyone`. */
  readonly control?: ControlRule | undefined
}

/** Where the server listens when the program does not say. */
const DEFAULT_PORT = 8080
/** Ports that are tried after one that is taken. */
const MORE_PORTS = 20
const LAST_PORT = 65_535

/** How to start a server. */
export interface Address {
  readonly host: string
  /** In the order in which they are tried. */
  readonly ports: readonly number[]
}

const KNOWN = ['server', 'port', 'host', 'quiet', 'control']

/** @throws OptionError naming the option */
export function checkHighGuiOptions(options: HighGuiOptions): void {
  checkKeys(options, KNOWN)
  const { server, port, host, quiet } = options
  checkOption(
    server === undefined || typeof (server as Partial<PixelcastServer> | null)?.addTrack === 'function',
    'server',
    'a PixelcastServer, as createServer gives it',
    server,
  )
  checkOption(port === undefined || isPort(port), 'port', `a whole number from 0 to ${LAST_PORT}`, port)
  checkOption(host === undefined || typeof host === 'string', 'host', 'an address, as 127.0.0.1', host)
  checkOption(quiet === undefined || typeof quiet === 'boolean', 'quiet', 'true or false', quiet)
  for (const field of ['port', 'host'] as const)
    checkOption(!server || options[field] === undefined, field, 'nothing beside `server`', options[field])
}

/** @throws OptionError naming the environment variable */
export function addressFor(
  { port, host }: HighGuiOptions,
  { PIXELCAST_PORT, PIXELCAST_HOST }: NodeJS.ProcessEnv,
): Address {
  const address = host ?? (PIXELCAST_HOST || '127.0.0.1')
  if (port !== undefined) return { host: address, ports: [port] }
  const wanted = PIXELCAST_PORT ? Number(PIXELCAST_PORT) : DEFAULT_PORT
  if (!isPort(wanted))
    throw new OptionError({
      field: 'PIXELCAST_PORT',
      expected: `a whole number from 0 to ${LAST_PORT}`,
      actual: show(PIXELCAST_PORT),
    })
  if (wanted === 0) return { host: address, ports: [0] }
  const count = Math.min(MORE_PORTS, LAST_PORT - wanted) + 1
  return { host: address, ports: Array.from({ length: count }, (_, more) => wanted + more) }
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 0 && port <= LAST_PORT
}
