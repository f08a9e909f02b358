import { isIP } from 'node:net'

/** The name or address in a Host header (RFC 9110 §7.2) or option: no port, brackets or final dot. */
export function hostName(host: string): string {
  const text = host.trim().toLowerCase()
  if (isIP(text) !== 0) return text
  const bracketed = /^\[([^\]]*)\](?::\d*)?$/.exec(text)
  return bracketed?.[1] ?? text.replace(/:\d*$/, '').replace(/\.$/, '')
}

/** RFC 6761 §6.3: localhost and all below it. */
export function isLoopback(name: string): boolean {
  if (name === 'localhost' || name.endsWith('.localhost')) return true
  return (isIP(name) === 4 && name.startsWith('127.')) || name === '::1'
}
