import { checkKeys } from '../common/errors.js'
import type { TlsFiles } from '../server/certificate.js'
import { IngestCounts } from '../server/ingest/counts.js'
import type { TrustProxy } from '../server/requester.js'
import type { IceOptions } from '../transport/ice-options.js'
import { type AccessOptions, checkAccessOptions, checkReach } from './access-options.js'
import { check, isTexts, isWhole } from './checks.js'
import { checkIce } from './ice-options.js'
import { checkIngestOptions, type IngestOptions } from './ingest-options.js'
import { checkLimits, type LimitOptions } from './limit-options.js'
import { isLoopback } from './local-address.js'
import { checkLog, type LogOption, logLevelOf } from './log/log.js'
import type { ServerSettings } from './messages.js'
import { checkMetricsOptions, type MetricsOptions } from './metrics-options.js'
import { checkTrustProxy } from './trust-proxy.js'

/** Options of `createServer`; every one may be left out. */
export interface ServerOptions {
  /** HTTP port, 0…65535; 0 takes any free one (see `server.port`). Default 8080. */
  readonly port?: number | undefined
  /**
   * Address to listen on; media binds to the same. Default `127.0.0.1`: only this machine can watch. With another
   * one, as `0.0.0.0` or `::` for all, `access` has to say who may watch, or `public` that everybody may.
   */
  readonly host?: string | undefined
  /**
   * False: open no HTTP port. For an own web server (`server.fetch`, `server.nodeHandler`) or own
   * signaling (`track.connect`). Default true.
   */
  readonly listen?: boolean | undefined
  /**
   * True: an own web server passes its `upgrade` events to `server.handleUpgrade`, so that viewers that UDP does not
   * reach can begin sessions over a WebSocket through `fetch` and `nodeHandler`. Default false.
   */
  readonly upgrades?: boolean | undefined
  /**
   * HTTPS instead of HTTP: files with a certificate (and its chain) and its key, PEM. They are read again when
   * they change. Default: HTTP.
   */
  readonly tls?: TlsFiles | undefined
  /**
   * Where media binds. Default: to `host`. With a loopback `host` there is one exception: for viewers in
   * Firefox, which refuses loopback addresses, media binds to every interface (encrypted, and useless
   * to anybody without the keys that travel over HTTP); `{ bindAddress: '127.0.0.1' }` forbids it.
   */
  readonly ice?: IceOptions | undefined
  /**
   * Who may view, control and publish. Default: everybody who can reach the server may view; the option `control` of
   * each track says who controls, `ingest` who publishes.
   */
  readonly access?: AccessOptions | undefined
  /**
   * True: everybody who can reach the server may view, also when it is reached by others than this machine, and when
   * `access` says who may control and publish. Default false.
   */
  readonly public?: boolean | undefined
  /** Origins whose pages may use WHEP and the JSON routes, or `'*'`. Default: the server's own pages only. */
  readonly cors?: readonly string[] | '*' | undefined
  /** Host names that requests may name when listening on loopback, besides loopback's own (a defence against DNS rebinding). */
  readonly allowedHosts?: readonly string[] | undefined
  /** Heading of the index page. Default `pixelcast`. */
  readonly title?: string | undefined
  /** How much viewers and tracks may take. Each has a default. */
  readonly limits?: LimitOptions | undefined
  /**
   * Proxies that are believed where a request comes from, in `X-Forwarded-For`; for the limits of an address. True:
   * every request comes through exactly one. Or their addresses and networks: `['127.0.0.1', '10.0.0.0/8']`.
   * Default false: the address of the connection counts.
   */
  readonly trustProxy?: TrustProxy | undefined
  /**
   * Takes images over HTTP, from programs that are not Node. True: into the tracks that are there, from
   * programs of this machine. Default false.
   */
  readonly ingest?: boolean | IngestOptions | undefined
  /**
   * Whether a server whose engine failed opens itself again, with its tracks and their last images; viewers come
   * back by themselves. Five times in a minute at most, then it is closed. Default true.
   */
  readonly restart?: boolean | undefined
  /**
   * Tells metrics, for Prometheus (`GET /metrics`). True: to programs of this machine, when `host` is loopback. Default
   * false.
   */
  readonly metrics?: boolean | MetricsOptions | undefined
  /**
   * The log: a level writes JSON lines to stderr; or a logger as pino makes one, or a function. Without addresses of
   * viewers, and without secrets. Default `silent`.
   */
  readonly log?: LogOption | undefined
}

const KNOWN = [
  'port',
  'host',
  'listen',
  'upgrades',
  'ice',
  'cors',
  'allowedHosts',
  'title',
  'limits',
  'trustProxy',
  'tls',
  'ingest',
  'restart',
  'metrics',
  'log',
  'access',
  'public',
]

/** @throws OptionError naming the option */
export function checkServerOptions(options: ServerOptions = {}): ServerSettings {
  checkKeys(options, KNOWN)
  const {
    port = 8080,
    host = '127.0.0.1',
    listen = true,
    upgrades = false,
    ice = {},
    cors,
    allowedHosts,
    title,
    limits,
    trustProxy = false,
    tls,
    ingest,
    restart = true,
    metrics,
    log,
    access,
    public: isPublic = false,
  } = options
  check(isWhole(port, 0, 65_535), 'port', 'a whole number from 0 to 65535', port)
  check(typeof host === 'string' && host.length > 0, 'host', 'an address, as 127.0.0.1 or 0.0.0.0', host)
  check(typeof listen === 'boolean', 'listen', 'true or false', listen)
  check(typeof isPublic === 'boolean', 'public', 'true or false', isPublic)
  const ingestSettings = checkIngestOptions(ingest)
  const ingestToken = typeof ingest === 'object' ? ingest.token : undefined
  const accessSettings = checkAccessOptions({ access, isPublic, ingestToken })
  // An own web server knows whom it lets through.
  if (listen) checkReach(host, { access, isPublic })
  check(typeof upgrades === 'boolean', 'upgrades', 'true or false', upgrades)
  check(cors === undefined || cors === '*' || isTexts(cors), 'cors', "a list of origins, or '*'", cors)
  check(
    allowedHosts === undefined || isTexts(allowedHosts),
    'allowedHosts',
    'a list of host names',
    allowedHosts,
  )
  check(title === undefined || typeof title === 'string', 'title', 'a text', title)
  check(typeof restart === 'boolean', 'restart', 'true or false', restart)
  checkTrustProxy(trustProxy)
  checkLog(log)
  if (tls !== undefined) {
    checkKeys(tls, ['certFile', 'keyFile'], 'tls.')
    for (const field of ['certFile', 'keyFile'] as const)
      check(
        typeof tls[field] === 'string' && tls[field] !== '',
        `tls.${field}`,
        'the path of a file',
        tls[field],
      )
  }
  return {
    tls: tls && { certFile: tls.certFile, keyFile: tls.keyFile },
    port: listen ? port : undefined,
    upgrades,
    host,
    ice: checkIce(ice, host),
    firefoxIce: checkIce(ice, isLoopback(host) ? '0.0.0.0' : host),
    cors,
    allowedHosts,
    title,
    limits: checkLimits(limits),
    trustProxy,
    ingest: ingestSettings,
    access: accessSettings,
    restart,
    ingestCounts: IngestCounts.memory(),
    metrics: checkMetricsOptions(metrics),
    logLevel: logLevelOf(log),
  }
}
