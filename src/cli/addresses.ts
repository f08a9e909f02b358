import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import { isLocalAddress, localAddresses } from '../host/local-address.js'
import { CliError, EXIT_USAGE } from './errors.js'

/** The addresses of this machine, those of loopback at the end. */
export function ownAddresses(): { readonly address: string; readonly internal: boolean }[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .map(({ address, internal }) => ({ address, internal }))
    .sort((a, b) => Number(a.internal) - Number(b.internal))
}

/** Addresses that cannot be bound; of media that would be noticed only when the first viewer comes. @throws CliError (usage) */
export function checkAddresses({ host, mediaHost }: { host: string; mediaHost?: string }): void {
  // a name is looked up by whoever listens
  if (isIP(host) > 0) check('host', host)
  if (mediaHost !== undefined) check('media-host', mediaHost)
}

/** Where other machines find what listens on all addresses of this one; IPv4, because that is what people type. */
export function outerAddresses(host: string): string[] {
  if (host !== '0.0.0.0' && host !== '::') return []
  return ownAddresses()
    .filter(({ internal, address }) => !internal && isIP(address) === 4)
    .map(({ address }) => address)
}

function check(option: string, address: string): void {
  if (isLocalAddress(address)) return
  throw new CliError(
    `option --${option}: expected an address of this machine (${localAddresses().join(', ')}), got ${address}`,
    EXIT_USAGE,
  )
}
