import { randomBytes } from 'node:crypto'
import { checkKeys, checkOption, OptionError, show, showSecret } from '../common/errors.js'
import { isToken } from '../common/token.js'
import type { PixelcastServer, ServerOptions } from '../host/index.js'
import { TOKEN_EXPECTED } from '../host/ingest-options.js'
import { isLoopback } from '../host/local-address.js'
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
   * Address to listen on. Default: that of `PIXELCAST_HOST`, or `127.0.0.1`: only this machine can watch. With another
   * one, as `0.0.0.0` for all, who watches or presses keys needs a token, which is in the address that is printed.
   */
  readonly host?: string | undefined
  /**
   * The token of those who watch and press keys. Default: that of `PIXELCAST_TOKEN`; none on a loopback `host`, a new
   * one on another.
   */
  readonly token?: string | undefined
  /** True: whoever can reach `host` may watch, and press keys as `control` says, without a token. Default false. */
  readonly public?: boolean | undefined
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

const KNOWN = ['server', 'port', 'host', 'token', 'public', 'quiet', 'control']

/** @throws OptionError naming the option */
export function checkHighGuiOptions(options: HighGuiOptions): void {
  checkKeys(options, KNOWN)
  const { server, port, host, token, public: isPublic, quiet } = options
  checkOption(
    server === undefined || typeof (server as Partial<PixelcastServer> | null)?.addTrack === 'function',
    'server',
    'a PixelcastServer, as createServer gives it',
    server,
  )
  checkOption(port === undefined || isPort(port), 'port', `a whole number from 0 to ${LAST_PORT}`, port)
  checkOption(host === undefined || typeof host === 'string', 'host', 'an address, as 127.0.0.1', host)
  checkOption(quiet === undefined || typeof quiet === 'boolean', 'quiet', 'true or false', quiet)
  if (token !== undefined && !isToken(token, 8, 512))
    throw new OptionError({ field: 'token', expected: TOKEN_EXPECTED, actual: showSecret(token) })
  checkOption(isPublic === undefined || typeof isPublic === 'boolean', 'public', 'true or false', isPublic)
  checkOption(!isPublic || token === undefined, 'public', 'no `token` beside it', isPublic)
  for (const field of ['port', 'host', 'token', 'public'] as const) {
    const given = field === 'token' ? showSecret(token) : show(options[field])
    if (server && options[field] !== undefined)
      throw new OptionError({ field, expected: 'nothing beside `server`', actual: given })
  }
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

/** Who may watch and press keys on a server of its own, and what the address that is printed needs for that. */
export function accessFor(
  host: string,
  { token, public: isPublic }: HighGuiOptions,
  { PIXELCAST_TOKEN }: NodeJS.ProcessEnv,
): { readonly options: Pick<ServerOptions, 'access' | 'public'>; readonly fragment: string } {
  if (isPublic) return { options: { public: true }, fragment: '' }
  const given = token ?? (PIXELCAST_TOKEN || undefined)
  if (given === undefined && isLoopback(host)) return { options: {}, fragment: '' }
  const made = given === undefined ? randomBytes(24).toString('base64url') : undefined
  const tokens = [{ token: given ?? made ?? '', rights: ['control'] as const }]
  return { options: { access: { tokens } }, fragment: made === undefined ? '' : `#token=${made}` }
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 0 && port <= LAST_PORT
}
