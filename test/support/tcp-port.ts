import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'

/** A TCP port that is free on loopback. */
export async function freeTcpPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
