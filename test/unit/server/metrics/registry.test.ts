import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import type { ViewerStats } from '../../../../src/common/viewer-stats.js'
import { FeedMeter } from '../../../../src/engine/feed-meter.js'
import { type CountedViewer, SessionMeter } from '../../../../src/engine/session-meter.js'
import { IngestCounts } from '../../../../src/server/ingest/counts.js'
import { DEFINITIONS } from '../../../../src/server/metrics/names.js'
import { MetricsRegistry } from '../../../../src/server/metrics/registry.js'
import { RequestCounts } from '../../../../src/server/metrics/request-counts.js'
import { parseMetrics, sumOf } from '../../../support/prometheus.js'

const STATS: ViewerStats = {
  transport: 'webrtc',
  codec: 'h264',
  scale: 1,
  estimate: 3e6,
  acknowledged: 2e6,
  queueDelay: 0,
  roundTripTime: 30,
  loss: 0.02,
  jitter: 0,
  bytesSent: 1000,
  packetsSent: 10,
  packetsRetransmitted: 2,
  paddingPackets: 1,
  framesSent: 5,
  framesDropped: 1,
  probes: 0,
  keyframes: { joined: 1, asked: 2, overflow: 0, rung: 0 },
  stalls: 1,
  stalledTime: 250,
  longestStall: 250,
  timing: undefined,
  ignoredMessages: 0,
}

function viewer(number: number, track: string, stats: Partial<ViewerStats> = {}): CountedViewer {
  const all = { ...STATS, ...stats }
  return {
    identity: { id: `viewer-${number}`, session: `secret-${number}`, track },
    codec: all.codec,
    stats: () => all,
  }
}

const meter = new SessionMeter()
const feed = new FeedMeter()
const ingest = new IngestCounts()
const requests = new RequestCounts()
let viewers: CountedViewer[] = []
const registry = new MetricsRegistry(() => ({
  engine: {
    tracks: ['a', 'b"\\\n'].map((name) => ({
      name,
      pushed: 100,
      dropped: { superseded: 1, full: 2, undecodable: 3 },
      refused: 4,
      encoders: 1,
      ...feed.read(),
      sending: meter.sending(viewers, 0).get(name) ?? [],
    })),
    ...meter.read(),
  },
  publishing: [
    {
      track: 'a',
      now: { connecting: 0, connected: 2, waiting: 1 },
      reconnections: 3,
      failures: 1,
      bytes: 1_000_000,
    },
  ],
  isReady: true,
  ingest,
  requests,
}))
afterAll(() => registry.close())

describe('the metrics', () => {
  it('are read by a strict parser, names of tracks whatever they are', async () => {
    viewers = [viewer(1, 'a'), viewer(2, 'a'), viewer(3, 'b"\\\n', { codec: 'vp8' })]
    for (const one of viewers) meter.begin(one, 0)
    meter.sample(viewers, 1000)
    feed.encoded('h264', true, 12)
    feed.encoded('h264', false, 3)
    feed.skipped('h264', 'busy')
    feed.converted(2)
    ingest.add('taken', 7)
    requests.add('whep', 201)
    requests.add('whep', 201)
    const samples = parseMetrics(await registry.render())
    expect(sumOf(samples, 'pixelcast_viewers', { track: 'a', codec: 'h264', transport: 'webrtc' })).toBe(2)
    expect(sumOf(samples, 'pixelcast_viewers')).toBe(3)
    expect(sumOf(samples, 'pixelcast_sent_bytes_total', { track: 'a' })).toBe(2000)
    expect(sumOf(samples, 'pixelcast_keyframes_needed_total', { track: 'a', cause: 'asked' })).toBe(4)
    expect(sumOf(samples, 'pixelcast_stalled_seconds_total', { track: 'a' })).toBe(0.5)
    expect(sumOf(samples, 'pixelcast_sessions_started_total', { codec: 'h264' })).toBe(2)
    expect(sumOf(samples, 'pixelcast_frames_skipped_total', { track: 'a', cause: 'busy' })).toBe(1)
    expect(sumOf(samples, 'pixelcast_ingest_images_total', { fate: 'taken' })).toBe(7)
    expect(sumOf(samples, 'pixelcast_publications', { track: 'a', state: 'connected' })).toBe(2)
    expect(sumOf(samples, 'pixelcast_publications')).toBe(3)
    expect(sumOf(samples, 'pixelcast_publication_reconnects_total', { track: 'a' })).toBe(3)
    expect(sumOf(samples, 'pixelcast_publications_failed_total')).toBe(1)
    expect(sumOf(samples, 'pixelcast_published_bytes_total')).toBe(1_000_000)
    expect(sumOf(samples, 'pixelcast_http_requests_total', { route: 'whep', status: '201' })).toBe(2)
    expect(sumOf(samples, 'pixelcast_images_dropped_total', { track: 'a' })).toBe(6)
    const bucket = (le: string) => sumOf(samples, 'pixelcast_encode_seconds_bucket', { track: 'a', le })
    expect([bucket('0.002'), bucket('0.004'), bucket('0.016'), bucket('+Inf')]).toEqual([0, 1, 2, 2])
    expect(sumOf(samples, 'pixelcast_encode_seconds_sum', { track: 'a' })).toBeCloseTo(0.015)
    expect(sumOf(samples, 'pixelcast_round_trip_seconds_sum')).toBeCloseTo(0.09)
    expect(sumOf(samples, 'pixelcast_packet_loss_ratio_bucket', { le: '0.01' })).toBe(0)
    expect(sumOf(samples, 'pixelcast_packet_loss_ratio_bucket', { le: '0.02' })).toBe(3)
    expect(sumOf(samples, 'pixelcast_estimated_bytes_per_second_sum')).toBeCloseTo((3 * 3e6) / 8)
    expect(sumOf(samples, 'process_resident_memory_bytes')).toBeGreaterThan(1e6)
    expect(samples.filter(({ labels }) => JSON.stringify(labels).match(/secret|viewer-/))).toEqual([])
  })

  it('keep what was sent to viewers that have left, and forget tracks that are gone', async () => {
    const [first, ...others] = viewers as [CountedViewer, ...CountedViewer[]]
    meter.end(first, 'the viewer said goodbye', 5000)
    viewers = others
    let samples = parseMetrics(await registry.render())
    expect(sumOf(samples, 'pixelcast_viewers', { track: 'a' })).toBe(1)
    expect(sumOf(samples, 'pixelcast_sent_bytes_total', { track: 'a' })).toBe(2000)
    expect(sumOf(samples, 'pixelcast_sessions_ended_total', { cause: 'left' })).toBe(1)
    meter.forget('a')
    viewers = []
    samples = parseMetrics(await registry.render())
    expect(samples.filter(({ name }) => name === 'pixelcast_sent_bytes_total')).toEqual([])
  })

  it('are all in the documentation, and no others', () => {
    const page = readFileSync(new URL('../../../../docs/operation.md', import.meta.url), 'utf8')
    const documented = [...page.matchAll(/^\| `(pixelcast_\w+)`/gm)].map(([, name]) => name).sort()
    const own = ['pixelcast_event_loop_delay_seconds', 'pixelcast_engine_busy_seconds_total']
    expect(documented).toEqual([...DEFINITIONS.map(({ name }) => name), ...own].sort())
  })
})
