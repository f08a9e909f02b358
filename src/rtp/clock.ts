import { monotonicNow } from '../common/clock.js'

/** RTP clock rate of all video payload formats, ticks per millisecond. */
const TICKS_PER_MS = 90

/** Seconds from NTP's epoch (1900) to Unix's (1970): RFC 868. */
const NTP_EPOCH_OFFSET = 2_208_988_800

/** A moment on the monotonic clock (ms) in whole ticks of 90 kHz, as the data channel names frames. */
export function toTicks(time: number): number {
  return Math.round(time * TICKS_PER_MS)
}

/** RTP timestamp of a moment in ticks: the same formula stands in the `hello` message to the viewer. */
export function ticksToRtp(ticks: number, clockOffset: number): number {
  return (ticks + clockOffset) % 2 ** 32
}

/** RTP timestamp of a moment on the monotonic clock (ms): 90 kHz from `clockOffset` on, modulo 2^32. */
export function rtpTimestamp(time: number, clockOffset: number): number {
  return ticksToRtp(toTicks(time), clockOffset)
}

/** What to add to the monotonic clock (ms) to get the wall clock (ms since the Unix epoch). */
export function wallClockOffset(): number {
  return performance.timeOrigin + performance.now() - monotonicNow()
}

/** A wall-clock time in NTP's format (RFC 3550 §4): seconds since 1900 and their fraction, 32 bits each. */
export interface NtpTime {
  readonly seconds: number
  readonly fraction: number
}

/** @param wall ms since the Unix epoch */
export function toNtp(wall: number): NtpTime {
  const whole = Math.floor(wall / 1000)
  return {
    seconds: (whole + NTP_EPOCH_OFFSET) >>> 0,
    fraction: Math.floor(((wall - whole * 1000) / 1000) * 2 ** 32) >>> 0,
  }
}

/** The middle 32 bits, units of 1/65536 s: how reports refer to a time (RFC 3550 §6.4.1, LSR). */
export function compactNtp({ seconds, fraction }: NtpTime): number {
  return ((seconds << 16) | (fraction >>> 16)) >>> 0
}

/** A span in compact NTP units as milliseconds. */
export function compactNtpToMs(span: number): number {
  return (span * 1000) / 65_536
}
