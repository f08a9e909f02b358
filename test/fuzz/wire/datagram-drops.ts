import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** Datagrams that the kernel dropped because a process did not read its sockets fast enough; Linux. */
export class DatagramDrops {
  readonly #byInode = new Map<string, number>()

  constructor(private readonly pid: number) {}

  /** Of all sockets that were there when somebody looked. */
  get total(): number {
    return [...this.#byInode.values()].reduce((sum, drops) => sum + drops, 0)
  }

  /** A socket that is closed takes its count along: look now and then. */
  look(): void {
    const own = new Set<string>()
    for (const file of readdirSync(`/proc/${this.pid}/fd`))
      try {
        const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${this.pid}/fd/${file}`))?.[1]
        if (inode) own.add(inode)
      } catch {
        // closed meanwhile
      }
    for (const line of readFileSync('/proc/net/udp', 'utf8').trim().split('\n').slice(1)) {
      const fields = line.trim().split(/\s+/)
      const [inode, drops] = [fields[9], Number(fields[12])]
      if (inode !== undefined && own.has(inode)) this.#byInode.set(inode, drops)
    }
  }
}
