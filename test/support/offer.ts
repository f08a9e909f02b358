import { readFileSync } from 'node:fs'

/** An offer as Chromium made it; nobody is behind it. */
export const OFFER = readFileSync(new URL('../fixtures/sdp/chromium-video-data.sdp', import.meta.url), 'utf8')

/** Sends it, as somebody who will never connect. */
export function postOffer(
  url: URL | string,
  { sdp = OFFER, headers = {} }: { sdp?: string; headers?: Record<string, string> } = {},
): Promise<Response> {
  return fetch(url, { method: 'POST', headers: { 'content-type': 'application/sdp', ...headers }, body: sdp })
}

/** Ends the session that an answer names. */
export async function endSession(answer: Response): Promise<void> {
  await fetch(new URL(answer.headers.get('location') ?? '', answer.url), { method: 'DELETE' })
}

/** The UDP port that an answer offers. */
export function mediaPort(sdp: string): number {
  return Number(/^a=candidate:\S+ 1 UDP \d+ 127\.0\.0\.1 (\d+) typ host/im.exec(sdp)?.[1])
}
