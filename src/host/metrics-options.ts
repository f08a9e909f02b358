import { checkKeys } from '../common/errors.js'
import { check, isWhole } from './checks.js'
import { checkIngestToken } from './ingest-options.js'

/** How metrics are told (`GET /metrics`, for Prometheus). */
export interface MetricsOptions {
  /**
   * What who asks has to show, as `Authorization: Bearer TOKEN`: 8 to 512 letters, digits and `-._~+/=`. Default:
   * none. Then, on the server's own port, only programs of this machine are told, by a server on a loopback `host`.
   */
  readonly token?: string | undefined
  /** A port of their own, HTTP, 0…65535 (0: any free one, see `server.metricsPort`). Whoever reaches it is told. Default: that of the server. */
  readonly port?: number | undefined
  /** Where the port of their own listens. Default `127.0.0.1`. */
  readonly host?: string | undefined
}

/** The same, checked. */
export interface MetricsSettings {
  readonly token: string | undefined
  readonly port: number | undefined
  readonly host: string
}

/** The option `metrics` of a server. @throws OptionError naming the option */
export function checkMetricsOptions(metrics: boolean | MetricsOptions = false): MetricsSettings | undefined {
  if (metrics === false) return undefined
  const options = metrics === true ? {} : metrics
  checkKeys(options, ['token', 'port', 'host'], 'metrics.')
  const { token, port, host = '127.0.0.1' } = options
  if (token !== undefined) checkIngestToken(token, 'metrics.token')
  check(
    port === undefined || isWhole(port, 0, 65_535),
    'metrics.port',
    'a whole number from 0 to 65535',
    port,
  )
  check(typeof host === 'string' && host !== '', 'metrics.host', 'an address, as 127.0.0.1 or 0.0.0.0', host)
  check(
    port !== undefined || options.host === undefined,
    'metrics.host',
    'metrics.port beside it',
    options.host,
  )
  return { token, port, host }
}
