import { readFileSync } from 'node:fs'

/** USER_HZ: what the kernel counts CPU time in, 100 a second on every Linux of today. */
const TICKS_PER_SECOND = 100
const PAGE_KIB = 4

/** CPU seconds that a process, all its threads, has used so far. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The name in brackets may hold spaces; user and system time are the 12th and 13th fields after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

/** Memory that it holds now, MiB. */
export function residentMiB(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')
  return (Number(fields[1]) * PAGE_KIB) / 1024
}
