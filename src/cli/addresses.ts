import { networkInterfaces } from 'node:os'
import { CliError, EXIT_USAGE } from './errors.js'
import { isLoopback } from './options.js'

/** The addresses of this machine, those of loopback at the end. */
export function ownAddresses(): { readonly address: string; readonly internal: boolean }[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .map(({ address, internal }) => ({ address, internal }))
    .sort((a, b) => Number(a.internal) - Number(b.internal))
}

/** Media that cannot be bound would be noticed only when the first viewer comes. @throws CliError (usage) */
export function checkMediaHost(address: string | undefined): void {
  if (address === undefined || isLoopback(address) || /^(0\.0\.0\.0|::)$/.test(address)) return
  const own = ownAddresses().map((one) => one.address)
  if (!own.includes(address))
    throw new CliError(
      `option --media-host: expected an address of this machine (${own.join(', ')}), got ${address}`,
      EXIT_USAGE,
    )
}
