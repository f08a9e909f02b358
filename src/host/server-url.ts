import type { ServerSettings } from './messages.js'

/** Where a server's pages are, as a program of this machine reaches them. */
export function urlOf({ host, tls }: Pick<ServerSettings, 'host' | 'tls'>, port: number): string {
  const name =
    host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host
  return `${tls ? 'https' : 'http'}://${name}:${port}/`
}

/** The same server on the ports that it was given before; undefined: as the settings say. */
export function withPorts(
  settings: ServerSettings,
  port: number | undefined,
  metricsPort: number | undefined,
): ServerSettings {
  const { metrics } = settings
  return {
    ...settings,
    ...(port !== undefined && { port }),
    ...(metrics && metricsPort !== undefined && { metrics: { ...metrics, port: metricsPort } }),
  }
}
