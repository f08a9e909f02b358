import { createSocket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import { systemReason } from '../errors.js'
import { type Finding, finding } from './finding.js'

/** As large as the packets of a stream. */
const BYTES = 1200
/** Loopback answers within a millisecond (ms). */
const PATIENCE = 2000

/** Sends a datagram from one socket of this machine to another, on the address that media will use. */
export function checkUdp(address: string): Promise<readonly Finding[]> {
  const type = isIPv6(address) ? 'udp6' : 'udp4'
  const receiver = createSocket(type)
  const sender = createSocket(type)
  return new Promise<readonly Finding[]>((resolve) => {
    const fail = (reason: string) =>
      resolve(finding('UDP', 'fail', `${address}: ${reason}; no video without UDP`))
    const timer = setTimeout(
      () => fail(`a datagram did not arrive within ${PATIENCE / 1000} s; a firewall may drop it`),
      PATIENCE,
    )
    const failed = (error: Error) => {
      clearTimeout(timer)
      fail(systemReason(error) ?? error.message)
    }
    receiver.on('error', failed)
    sender.on('error', failed)
    receiver.once('message', ({ length }) => {
      clearTimeout(timer)
      resolve(finding('UDP', 'ok', `a datagram of ${length} bytes came through on ${address}`))
    })
    receiver.bind(0, address, () => sender.send(new Uint8Array(BYTES), receiver.address().port, address))
  }).finally(() => {
    receiver.close()
    sender.close()
  })
}
