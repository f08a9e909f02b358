import { isIP } from 'node:net'
import { InvalidArgumentError } from 'commander'
import { ImageError, showSecret } from '../common/errors.js'
import { isToken } from '../common/token.js'
import { TOKEN_EXPECTED } from '../host/ingest-options.js'
import { checkPixelFormat } from '../image/formats.js'
import type { PixelFormat } from '../image/source.js'
import { parseAdvertisedAddress } from '../signaling/advertised.js'
import { CliError, EXIT_USAGE } from './errors.js'

/** Images per second: what a browser can show, and slow enough for a slide every 1,000 s. */
export const FPS_RANGE = { min: 0.001, max: 240 } as const
/** Pixels on either side; the limits of the encoders. */
export const SIDE_RANGE = { min: 2, max: 8192 } as const

/** Times as fast as recorded. */
export const SPEED_RANGE = { min: 0.01, max: 100 } as const

export interface Size {
  readonly width: number
  readonly height: number
}

// commander puts the option's name and the value that came in front of these messages.

export function parseFps(text: string): number {
  const fps = parseDecimal(text)
  if (fps === undefined || fps < FPS_RANGE.min || fps > FPS_RANGE.max)
    throw new InvalidArgumentError(
      `Expected images per second, a number from ${FPS_RANGE.min} to ${FPS_RANGE.max}.`,
    )
  return fps
}

export function parseSpeed(text: string): number {
  const speed = parseDecimal(text)
  if (speed === undefined || speed < SPEED_RANGE.min || speed > SPEED_RANGE.max)
    throw new InvalidArgumentError(
      `Expected how many times as fast, a number from ${SPEED_RANGE.min} to ${SPEED_RANGE.max}.`,
    )
  return speed
}

export function parseFormat(text: string): PixelFormat {
  try {
    return checkPixelFormat(text)
  } catch (error) {
    throw error instanceof ImageError ? new InvalidArgumentError(`Expected ${error.expected}.`) : error
  }
}

export function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (!(port <= 65535))
    throw new InvalidArgumentError('Expected a whole number from 0 to 65535 (0: any free port).')
  return port
}

export function parseSize(text: string): Size {
  const match = /^(\d+)x(\d+)$/i.exec(text)
  const width = Number(match?.[1] ?? Number.NaN)
  const height = Number(match?.[2] ?? Number.NaN)
  if (!isSide(width) || !isSide(height))
    throw new InvalidArgumentError(
      `Expected WIDTHxHEIGHT in pixels, such as 1280x720, each from ${SIDE_RANGE.min} to ${SIDE_RANGE.max}.`,
    )
  return { width, height }
}

export function parseHost(text: string): string {
  if (!/^[A-Za-z0-9._:[\]-]+$/.test(text))
    throw new InvalidArgumentError('Expected an address or a host name, such as 127.0.0.1 or 0.0.0.0.')
  return text.replace(/^\[(.*)\]$/, '$1')
}

export function parseAddress(text: string): string {
  if (isIP(text) === 0) throw new InvalidArgumentError('Expected an IP address, such as 127.0.0.1.')
  return text
}

export function parseUdpPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (!(port >= 1 && port <= 65535))
    throw new InvalidArgumentError('Expected a whole number from 1 to 65535.')
  return port
}

/** Of an option that may be given several times. */
export function parseAdvertised(text: string, previous: readonly string[] | undefined): string[] {
  if (!parseAdvertisedAddress(text))
    throw new InvalidArgumentError(
      'Expected an IP address, such as 203.0.113.5, 203.0.113.5:40000 or [2001:db8::5]:40000.',
    )
  return collect(text, previous)
}

/** Of an option that may be given several times. */
export function parseAllowedHost(text: string, previous: readonly string[] | undefined): string[] {
  if (!/^[A-Za-z0-9._-]+$/.test(text))
    throw new InvalidArgumentError('Expected a host name without port, such as camera.example.org.')
  return collect(text, previous)
}

/** Of an option whose value is not to be shown, as commander does. */
export function tokenParser(option: string): (text: string) => string {
  return (text) => {
    if (isToken(text, 8, 512)) return text
    throw new CliError(`option ${option}: expected ${TOKEN_EXPECTED}, got ${showSecret(text)}`, EXIT_USAGE)
  }
}

export function parseWhipUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    throw new InvalidArgumentError('Expected an address, http:// or https://, without user name.')
  return text
}

/** Of an option that may be given several times. */
export function collectWhipUrl(text: string, previous: readonly string[] | undefined): string[] {
  return collect(parseWhipUrl(text), previous)
}

/** What came is not shown: the message would end up in a log. */
export function parseWhipToken(text: string): string {
  if (!/^[!-~]{1,8192}$/.test(text))
    throw new InvalidArgumentError('Expected 1 to 8192 visible ASCII characters.')
  return text
}

export function parseBitrate(text: string): number {
  const match = /^(\d+\.?\d*|\.\d+)([kM]?)$/.exec(text)
  const rate = Number(match?.[1] ?? Number.NaN) * { '': 1, k: 1e3, M: 1e6 }[match?.[2] as '' | 'k' | 'M']!
  if (!(rate >= 50_000 && rate <= 200_000_000))
    throw new InvalidArgumentError('Expected bit/s, from 50k to 200M.')
  return Math.round(rate)
}

export function parseKeyframeInterval(text: string): number {
  const seconds = parseDecimal(text)
  if (seconds === undefined || seconds < 0.5 || seconds > 60)
    throw new InvalidArgumentError('Expected seconds, a number from 0.5 to 60.')
  return seconds
}

/** Collects an option that may be given several times. */
export function collect(value: string, previous: readonly string[] | undefined): string[] {
  return [...(previous ?? []), value]
}

/** Whether only this machine can reach a server that listens on `host`. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}

function isSide(pixels: number): boolean {
  return pixels >= SIDE_RANGE.min && pixels <= SIDE_RANGE.max
}

function parseDecimal(text: string): number | undefined {
  return /^(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : undefined
}
