import type { ViewerTransport } from './transport.js'

/** For a value that is not known. */
export const UNKNOWN = '–'

export function formatSize(width: number | undefined, height: number | undefined): string {
  return width === undefined || height === undefined ? UNKNOWN : `${width} × ${height}`
}

/** Whole frames from 10 a second on; one decimal below, where it matters. */
export function formatFps(fps: number | undefined): string {
  if (fps === undefined) return UNKNOWN
  const rounded = fps >= 9.95 ? Math.round(fps) : Math.round(fps * 10) / 10
  return `${rounded} fps`
}

export function formatBitrate(bitsPerSecond: number | undefined): string {
  if (bitsPerSecond === undefined) return UNKNOWN
  if (bitsPerSecond < 999_500) return `${Math.round(bitsPerSecond / 1_000)} kbit/s`
  return `${(bitsPerSecond / 1e6).toFixed(bitsPerSecond < 9.95e6 ? 1 : 0)} Mbit/s`
}

/** Milliseconds: whole ones from 10 on, with `fine` one decimal below that. */
export function formatMs(ms: number | undefined, fine = false): string {
  if (ms === undefined) return UNKNOWN
  if (ms >= 9_995) return `${(ms / 1_000).toFixed(1)} s`
  return `${fine && ms < 9.95 ? ms.toFixed(1) : Math.round(ms)} ms`
}

export function formatCount(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}

/** How people write the codec that the SDP calls `H264`. */
export function formatCodec(codec: string | undefined): string {
  return codec === undefined ? UNKNOWN : codec.replace(/^H26(\d)$/i, 'H.26$1')
}

/** Device pixels a source pixel in per cent: `100 %` shows each pixel as it is. */
export function formatZoom(scale: number): string {
  return scale > 0 ? `${Math.round(scale * 100)} %` : UNKNOWN
}

/** `0:07`, `12:34`, `1:02:03`. */
export function formatTime(seconds: number): string {
  const whole = Math.floor(seconds)
  const two = (value: number): string => String(value).padStart(2, '0')
  const minutes = Math.floor(whole / 60)
  const rest = two(whole % 60)
  return minutes < 60 ? `${minutes}:${rest}` : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${rest}`
}

export function formatTransport(transport: ViewerTransport): string {
  return transport === 'websocket' ? 'WebSocket (no UDP path)' : 'WebRTC'
}
