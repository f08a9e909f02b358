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

/** Media that cannot be bound would be noticed only when the first viewer comes. @throws CliError (usage) */
export function checkMediaHost(address: string | undefined): void {
  if (address === undefined || isLocalAddress(address)) return
  throw new CliError(
    `option --media-host: expected an address of this machine (${localAddresses().join(', ')}), got ${address}`,
    EXIT_USAGE,
  )
}
