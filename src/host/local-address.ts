import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'

/** Addresses that sockets can be bound to here, loopback's own included. */
export function localAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .map(({ address }) => address)
}

/**
 * Whether a socket can be bound to it: one of this machine's, any of 127.0.0.0/8, or a wildcard. libdatachannel
 * aborts the process when it cannot (seen: "Failed to gather local ICE candidates").
 */
export function isLocalAddress(address: string): boolean {
  if (isIP(address) === 4 && address.startsWith('127.')) return true
  return address === '0.0.0.0' || address === '::' || localAddresses().includes(address)
}

/** Whether only this machine can reach what listens there. */
export function isLoopback(host: string): boolean {
  // A name may begin with 127. and lead anywhere.
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}
